/** What set-up exports to our own programs; the rest is for its tests. */
export declare const hallFlags: readonly string[];
