import { checksumBuckets } from '../contract/feed.ts';
import type { Checksums } from '../contract/feed.ts';

/** Record types whose counts or hashes differ between central and this hall [SN11]. */
export function differingTypes(
  theirs: Checksums,
  ours: Readonly<Record<string, readonly { id: string; version: number }[]>>,
): string[] {
  const names = new Set([...Object.keys(theirs.types), ...Object.keys(ours)]);
  return [...names]
    .filter((type) => !sameBuckets(theirs.types[type] ?? {}, checksumBuckets(ours[type] ?? [])))
    .sort();
}

type Buckets = Readonly<Record<string, { count: number; sha256: string }>>;

function sameBuckets(a: Buckets, b: Buckets): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key]?.count === b[key]?.count && a[key]?.sha256 === b[key]?.sha256);
}
