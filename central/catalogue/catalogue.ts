import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceDefinition } from '../../contract/services.ts';

/**
 * The services central offers: one JSON file each in `folder`, in the order of their names.
 * Throws with the file's name when one does not fit, or is named unlike its id.
 */
export function readCatalogue(folder: string = import.meta.dirname): ServiceDefinition[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const parsed = ServiceDefinition.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        throw new Error(`${file}: ${issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`}`);
      }
      if (`${parsed.data.id}.json` !== file) throw new Error(`${file}: holds the service ${parsed.data.id}`);
      return parsed.data;
    });
}
