import { hexToBytes, bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { AES_128, answerInfo, open, seal, sealWith, sealingPair } from '../../../contract/sealing.ts';
import type { Random } from '../../../contract/ports.ts';

/** RFC 9180 appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, first message. */
const vector = {
  ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
  enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  ikmR: '6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037',
  skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
  pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  info: '4f6465206f6e2061204772656369616e2055726e',
  aad: '436f756e742d30',
  pt: '4265617574792069732074727574682c20747275746820626561757479',
  ct: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
};
const counting: Random = {
  bytes: (length) => Uint8Array.from({ length }, (_, index) => (index * 37 + 11) & 0xff),
  fraction: () => 0.5,
};

test('[CE30] the KEM and key schedule give the bytes of RFC 9180 A.1.1', () => {
  const pair = sealingPair(hexToBytes(vector.ikmR));
  expect(bytesToHex(pair.privateKey)).toBe(vector.skRm);
  expect(bytesToHex(pair.publicKey)).toBe(vector.pkRm);
  const box = sealWith(
    AES_128,
    hexToBytes(vector.ikmE),
    pair.publicKey,
    hexToBytes(vector.pt),
    hexToBytes(vector.info),
    hexToBytes(vector.aad),
  );
  expect(bytesToHex(box)).toBe(vector.enc + vector.ct);
});

test('[CE30] what was sealed opens with the right key and context only', () => {
  const pair = sealingPair(counting.bytes(32));
  const other = sealingPair(utf8ToBytes('another seed of thirty-two bytes'));
  const text = utf8ToBytes('11010519491231002X');
  const box = seal(pair.publicKey, text, answerInfo('join-union', 'idNumber'), counting);
  expect(box.length).toBe(32 + text.length + 16);
  expect(open(pair.privateKey, box, answerInfo('join-union', 'idNumber'))).toEqual(text);
  expect(open(pair.privateKey, box, answerInfo('join-union', 'mobile'))).toBeUndefined();
  expect(open(other.privateKey, box, answerInfo('join-union', 'idNumber'))).toBeUndefined();
  const broken = box.slice();
  broken[40] = (broken[40] ?? 0) ^ 1;
  expect(open(pair.privateKey, broken, answerInfo('join-union', 'idNumber'))).toBeUndefined();
  expect(open(pair.privateKey, new Uint8Array(47), answerInfo('join-union', 'idNumber'))).toBeUndefined();
});
