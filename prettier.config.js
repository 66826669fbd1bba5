/** Prettier's defaults, with room for one statement a line and single quotes. */
export default {
  printWidth: 110,
  singleQuote: true,
  trailingComma: 'all',
};
