import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';
import { arrows } from './arrows.config.mjs';

/** One broken arrow: the rule's name, the importing file and what it must not import. */
export interface BrokenArrow {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

export interface ArrowReport {
  /** Files looked at, packages not counted. */
  readonly files: number;
  readonly broken: readonly BrokenArrow[];
}

const FOLDERS = [
  'contract',
  'platform',
  'hall',
  'broker',
  'devices',
  'sync',
  'kiosk',
  'console',
  'phone',
  'ui',
  'central',
  'simulators',
  'tools',
  'tests',
];

/**
 * Follows every import under `root` (a folder laid out like this project) and lists
 * those that go against tools/arrows.config.mjs. Throws when a file cannot be parsed.
 */
export async function checkArrows(root: string): Promise<ArrowReport> {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  if (folders.length === 0) throw new Error(`no folder of this project under ${root}`);
  const result = await cruise(
    folders,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: arrows as unknown as IForbiddenRuleType[] },
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '^(tests/vectors/|dist/)' },
      tsPreCompilationDeps: true,
      combinedDependencies: false,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'module', 'browser', 'node', 'default', 'require', 'types'],
        mainFields: ['module', 'main', 'types', 'typings'],
        extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts', '.css'],
      },
    },
    undefined,
    undefined,
  );
  if (typeof result.output === 'string') throw new Error('dependency-cruiser answered text instead of data');
  const why = new Map(arrows.map((rule) => [rule.name, rule.comment]));
  return {
    files: result.output.modules.filter((module) =>
      FOLDERS.some((folder) => module.source.startsWith(`${folder}/`)),
    ).length,
    broken: result.output.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      from: violation.from,
      to: violation.to,
      why: why.get(violation.rule.name) ?? '',
    })),
  };
}
