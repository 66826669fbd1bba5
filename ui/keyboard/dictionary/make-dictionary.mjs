// Builds dictionary.txt: run by hand when its sources change, never at install time.
//   npm i pinyin-pro @node-rs/jieba   (in any scratch folder; both MIT)
//   node ui/keyboard/dictionary/make-dictionary.mjs <scratch folder>
// Sources: word frequencies of jieba's dict.txt (MIT), readings by pinyin-pro (MIT),
// hall-words.txt and surnames.txt beside this file (ours).
// Format of dictionary.txt: one line a key: `gong'hui 工会5 公会3`; the last character of each
// word is its weight, 0-9a-z, log2 of its frequency. `@` lines hold surnames, commonest first.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const scratch = process.argv[2];
if (scratch === undefined) {
  console.error('usage: node make-dictionary.mjs <folder with pinyin-pro and @node-rs/jieba installed>');
  process.exit(2);
}
const here = import.meta.dirname;
const { pinyin } = createRequire(join(scratch, 'package.json'))('pinyin-pro');
const source = readFileSync(join(scratch, 'node_modules/@node-rs/jieba/dict.txt'), 'utf8');

const MIN_FREQUENCY = { 2: 18, 3: 60, 4: 60 };
const HALL_FREQUENCY = 40_000;
const han = /^\p{Script=Han}+$/u;
const syllable = /^[a-z]+$/;
const read = (text) => pinyin(text, { toneType: 'none', type: 'array', v: true });
const weight = (frequency) =>
  Math.min(35, Math.max(0, Math.round(Math.log2(frequency + 1) * 1.6))).toString(36);

/** key -> word -> frequency */
const entries = new Map();
const characters = new Map();
function add(table, key, word, frequency) {
  const words = table.get(key) ?? new Map();
  words.set(word, Math.max(words.get(word) ?? 0, frequency));
  table.set(key, words);
}
function addWord(word, frequency, reading = read(word)) {
  if (reading.length !== [...word].length || !reading.every((part) => syllable.test(part))) return;
  add(entries, reading.join("'"), word, frequency);
}

for (const line of source.split('\n')) {
  const [word, count] = line.split(' ');
  if (word === undefined || count === undefined || !han.test(word)) continue;
  const letters = [...word];
  const frequency = Number(count);
  if (letters.length > 4) continue;
  const reading = read(word);
  if (reading.length !== letters.length) continue;
  // A character's weight is what it earns in words, counted per reading: 行 xing and hang differ.
  letters.forEach((letter, index) => {
    const part = reading[index];
    if (!syllable.test(part)) return;
    const perReading = characters.get(part) ?? new Map();
    perReading.set(letter, (perReading.get(letter) ?? 0) + frequency);
    characters.set(part, perReading);
  });
  if (letters.length > 1 && frequency >= MIN_FREQUENCY[letters.length]) addWord(word, frequency, reading);
}
// Every reading of every character in the common block, so that rare names can be typed.
for (let code = 0x4e00; code <= 0x9fa5; code++) {
  const letter = String.fromCodePoint(code);
  for (const part of pinyin(letter, { toneType: 'none', type: 'array', multiple: true, v: true })) {
    if (!syllable.test(part)) continue;
    const perReading = characters.get(part) ?? new Map();
    if (!perReading.has(letter)) perReading.set(letter, 0);
    characters.set(part, perReading);
  }
}
for (const [part, letters] of characters) {
  for (const [letter, frequency] of letters) add(entries, part, letter, frequency);
}
for (const line of readFileSync(join(here, 'hall-words.txt'), 'utf8').split('\n')) {
  const [word, reading] = line.trim().split(/\s+/);
  if (word === undefined || word === '' || word.startsWith('#')) continue;
  addWord(word, HALL_FREQUENCY, reading === undefined ? read(word) : reading.split("'"));
}

const lines = [...entries].map(([key, words]) => {
  const sorted = [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return `${key} ${sorted.map(([word, frequency]) => word + weight(frequency)).join(' ')}`;
});
lines.sort();
const surnames = readFileSync(join(here, 'surnames.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .flatMap((line) => line.trim().split(/\s+/))
  .map((item) => {
    const [word, reading] = item.split('=');
    return `${reading ?? pinyin(word, { toneType: 'none', type: 'array', mode: 'surname', v: true }).join("'")} ${word}`;
  });
writeFileSync(join(here, 'dictionary.txt'), `${lines.join('\n')}\n@\n${surnames.join('\n')}\n`);
console.log(
  `${lines.length} keys, ${[...entries.values()].reduce((sum, words) => sum + words.size, 0)} words, ${surnames.length} surnames`,
);
