/** One forbidden import, in dependency-cruiser's own shape. */
export interface Arrow {
  readonly name: string;
  readonly comment: string;
  readonly severity: 'error';
  readonly from: object;
  readonly to: object;
}

export const arrows: readonly Arrow[];
