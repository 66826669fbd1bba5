/** A word the person may mean, and how many letters of their input it uses up. */
export interface Candidate {
  text: string;
  /** Letters of the input (separators included) that this word stands for. */
  consumed: number;
}

/** Turns typed pinyin into words. Another engine may replace the shipped one. */
export interface PinyinEngine {
  /** Best first. `name` puts family names first; `limit` bounds the list. */
  candidates(input: string, options?: { mode?: 'text' | 'name'; limit?: number }): Candidate[];
  /** The input split into syllables, for showing: "wu ye". */
  split(input: string): string[];
}

interface Entry {
  text: string;
  weight: number;
}

const MAX_INPUT = 40;
const MAX_WORD = 4;
/** Above the largest weight (35): every further word costs, so one long word beats two short ones. */
const WORD_COST = 40;

/**
 * Builds the engine from dictionary.txt (see make-dictionary.mjs for its format). Handles full
 * pinyin, unfinished last syllables, initials ("gh"), and sentences of several words.
 */
export function createPinyinEngine(dictionary: string): PinyinEngine {
  const words = new Map<string, Entry[]>();
  const surnames = new Map<string, string[]>();
  const syllables = new Set<string>();
  const byInitials = new Map<string, Entry[]>();
  let inSurnames = false;
  for (const line of dictionary.split('\n')) {
    if (line === '@') {
      inSurnames = true;
      continue;
    }
    const [key, ...items] = line.split(' ');
    if (key === undefined || key === '') continue;
    if (inSurnames) {
      const list = surnames.get(key) ?? [];
      for (const item of items) if (!list.includes(item)) list.push(item);
      surnames.set(key, list);
      continue;
    }
    const entries = items.map((item) => ({
      text: item.slice(0, -1),
      weight: Number.parseInt(item.slice(-1), 36),
    }));
    words.set(key, entries);
    const parts = key.split("'");
    if (parts.length === 1) syllables.add(key);
    else {
      const initials = parts.map((part) => part[0]).join('');
      const list = byInitials.get(initials) ?? [];
      list.push(...entries);
      byInitials.set(initials, list);
    }
  }
  for (const list of byInitials.values()) list.sort((a, b) => b.weight - a.weight);
  const keys = [...words.keys()].sort();
  const starts = new Set<string>();
  for (const syllable of syllables) {
    for (let end = 1; end <= syllable.length; end++) starts.add(syllable.slice(0, end));
  }

  /** Ways to cut the letters into syllables; the last one may be unfinished. Fewest pieces first. */
  function cuts(letters: string): string[][] {
    const best: string[][][] = [[[]]];
    for (let end = 1; end <= letters.length; end++) {
      const here: string[][] = [];
      for (let start = Math.max(0, end - 6); start < end; start++) {
        const piece = letters.slice(start, end);
        const whole = syllables.has(piece);
        const unfinished = end === letters.length && starts.has(piece);
        if (!whole && !unfinished) continue;
        for (const before of best[start] ?? []) here.push([...before, piece]);
      }
      here.sort((a, b) => a.length - b.length);
      best[end] = here.slice(0, 4);
    }
    return best[letters.length] ?? [];
  }

  function cutInput(input: string): string[][] {
    const parts = input.split("'").filter((part) => part !== '');
    return parts.reduce<string[][]>(
      (sofar, part) => {
        const next = cuts(part);
        return sofar.flatMap((before) => next.map((after) => [...before, ...after])).slice(0, 4);
      },
      [[]],
    );
  }

  /** Entries whose key is the syllables, the last of them possibly unfinished. */
  function lookUp(cut: readonly string[]): Entry[] {
    const key = cut.join("'");
    const exact = words.get(key) ?? [];
    const last = cut.at(-1) ?? '';
    if (syllables.has(last) && (exact.length > 0 || cut.length === 1)) return exact;
    const found: Entry[] = [...exact];
    for (let index = lowerBound(keys, key); index < keys.length; index++) {
      const candidate = keys[index];
      if (candidate === undefined || !candidate.startsWith(key)) break;
      if (candidate === key || candidate.split("'").length !== cut.length) continue;
      for (const entry of words.get(candidate) ?? []) {
        found.push({ text: entry.text, weight: entry.weight - 1 });
      }
      if (found.length > 400) break;
    }
    return found.sort((a, b) => b.weight - a.weight);
  }

  /** The likeliest chain of words for the whole cut, by summed weights; long words win. */
  function sentence(cut: readonly string[]): string | undefined {
    const chains: ({ text: string; score: number } | undefined)[] = [{ text: '', score: 0 }];
    for (let end = 1; end <= cut.length; end++) {
      for (let start = Math.max(0, end - MAX_WORD); start < end; start++) {
        const before = chains[start];
        const word = lookUp(cut.slice(start, end))[0];
        if (before === undefined || word === undefined) continue;
        const score = before.score + word.weight - WORD_COST;
        const known = chains[end];
        if (known === undefined || known.score < score)
          chains[end] = { text: before.text + word.text, score };
      }
    }
    return chains[cut.length]?.text;
  }

  return {
    split: (input) => cutInput(clean(input))[0] ?? [clean(input)],
    candidates(input, { mode = 'text', limit = 60 } = {}) {
      const letters = clean(input);
      if (letters === '') return [];
      const found = new Map<string, number>();
      const offer = (text: string, consumed: number): void => {
        if (!found.has(text)) found.set(text, consumed);
      };
      const options = cutInput(letters);
      // Names: family names come before everything else (they rank low in general word lists).
      if (mode === 'name') {
        for (const cut of options) {
          for (let length = Math.min(2, cut.length); length >= 1; length--) {
            const key = cut.slice(0, length).join("'");
            for (const name of surnames.get(key) ?? []) offer(name, span(letters, cut, length));
          }
        }
      }
      for (const cut of options) {
        for (const entry of lookUp(cut).slice(0, limit)) offer(entry.text, letters.length);
      }
      const first = options[0];
      const bare = letters.replaceAll("'", '');
      if (bare.length > 1 && bare.length <= MAX_WORD) {
        for (const entry of (byInitials.get(bare) ?? []).slice(0, first === undefined ? limit : 8)) {
          offer(entry.text, letters.length);
        }
      }
      if (first === undefined) {
        // Not pinyin to the end: offer what the longest readable beginning gives.
        for (let end = letters.length - 1; end > 0 && found.size === 0; end--) {
          const cut = cutInput(letters.slice(0, end))[0];
          if (cut === undefined || cut.length === 0) continue;
          for (const entry of lookUp(cut)) offer(entry.text, end);
        }
        return list(found, limit);
      }
      if (first.length > 1 && found.size === 0) {
        const whole = sentence(first);
        if (whole !== undefined) offer(whole, letters.length);
      }
      for (const cut of options) {
        for (let length = cut.length - 1; length >= 1; length--) {
          for (const entry of lookUp(cut.slice(0, length))) {
            offer(entry.text, span(letters, cut, length));
          }
        }
      }
      return list(found, limit);
    },
  };
}

function clean(input: string): string {
  return input
    .toLowerCase()
    .replaceAll('ü', 'v')
    .replaceAll(/[^a-z']/g, '')
    .slice(0, MAX_INPUT);
}

function list(found: ReadonlyMap<string, number>, limit: number): Candidate[] {
  return [...found].slice(0, limit).map(([text, consumed]) => ({ text, consumed }));
}

/** Letters of the input that the first `count` syllables cover, separators included. */
function span(letters: string, cut: readonly string[], count: number): number {
  let at = 0;
  for (const syllable of cut.slice(0, count)) {
    while (letters[at] === "'") at++;
    at += syllable.length;
  }
  while (letters[at] === "'") at++;
  return at;
}

function lowerBound(keys: readonly string[], wanted: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
