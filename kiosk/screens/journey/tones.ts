/** Two short tones made on the spot: rising for done, falling for attention. Silent where sound is not allowed yet. */
export function playTone(kind: 'success' | 'attention'): void {
  const audio = new AudioContext();
  const start = audio.currentTime;
  const notes = kind === 'success' ? [659, 988] : [440, 330];
  notes.forEach((frequency, index) => {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const at = start + index * 0.16;
    tone.type = 'sine';
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.3, at + 0.02);
    loudness.gain.linearRampToValueAtTime(0, at + 0.15);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.16);
    if (index === notes.length - 1) tone.onended = () => void audio.close();
  });
}
