import type { CardReaderDefinition } from './definition.ts';

/** Any contactless reader that pcscd drives (CCID readers by USB): ACR122U, ACR1252U, uTrust 3700 and most others. */
export const pcscCard: CardReaderDefinition = {
  kind: 'card-reader',
  id: 'pcsc-card',
  maker: 'any',
  model: 'contactless reader driven by pcscd',
  baudRate: 0,
};
