import type { GatewayDevice } from '../../contract/config.ts';
import { definitions } from '../definitions/catalogue.ts';
import type { FoundBoard, Search } from './find-boards.ts';

/** What a search of a line asks for, the same from the command line and from the desk. */

type Line = GatewayDevice['transport'];

/** Rates of the boards we know, the usual ones first. */
const BAUD_RATES = [19_200, 9_600, 115_200, 57_600, 4_800];
const HIGHEST_ADDRESS = 32;

const lockBoards = definitions.flatMap((each) => (each.kind === 'lock-board' ? [each] : []));

export function searchOf(line: Line): Pick<Search, 'definitions' | 'baudRates' | 'highestAddress'> {
  return {
    definitions: lockBoards,
    // A network unit has its rate set on itself.
    baudRates: line.kind === 'tcp' ? [0] : BAUD_RATES,
    highestAddress: HIGHEST_ADDRESS,
  };
}

/** The transport as it must be configured for these boards: with a rate where they have not that of the factory. */
export function ratedLine(line: Line, { baudRate, definition }: FoundBoard): Line {
  return line.kind === 'serial' && baudRate !== definition.baudRate ? { ...line, baudRate } : line;
}
