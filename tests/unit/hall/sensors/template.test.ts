import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, parseTemplate, payloadOf } from '../../../../hall/sensors/template.rules.ts';

function run(template: string, payload: string): unknown {
  const parsed = parseTemplate(template);
  if (!parsed.ok) throw new Error(`not understood: ${parsed.piece}`);
  return evaluate(parsed.template, payloadOf(payload));
}

describe('templates', () => {
  test('[SE4] the subset: paths, filters, comparison, ternary', () => {
    const json = '{"a":{"b":[{"c":7}]},"t":"21.456","on":true,"w":"Open","n":2.5,"m":3.5,"z":0}';
    for (const [template, value] of [
      ['{{ value }}', json],
      ['{{value_json.a.b[0].c}}', 7],
      ["{{ value_json['a']['b'][0]['c'] }}", 7],
      ['{{ value_json["a"].b[0].c | int }}', 7],
      ['{{ value_json.t | float }}', 21.456],
      ['{{ value_json.t | float | round(1) }}', 21.5],
      ['{{ value_json.n | round }}', 2],
      ['{{ value_json.m | round(0) }}', 4],
      ['{{ value_json.t | int }}', 21],
      ['{{ value_json.w | float(0) }}', 0],
      ['{{ value_json.w | lower }}', 'open'],
      ['{{ value_json.on | upper }}', 'TRUE'],
      ['{{ value_json.missing | default(-1) }}', -1],
      ["{{ value_json.missing | default('x') }}", 'x'],
      ['{{ value_json.on | is_defined }}', true],
      ["{{ 'ON' if value_json.w == 'Open' else 'OFF' }}", 'ON'],
      ["{{ 'ON' if value_json.n > 3 else 'OFF' }}", 'OFF'],
      ["{{ 'a' if value_json.z else 'b' if value_json.n <= 2.5 else 'c' }}", 'b'],
      ["{{ ('ON') if (value_json.w | lower) != 'open' else (value_json.n) }}", 2.5],
      ['{{- value_json.n -}}', 2.5],
      ['t={{ value_json.n }} on={{ value_json.on }}', 't=2.5 on=True'],
      ['{{ value_json.on == 1 }}', true],
      ["{{ '}}' }}", '}}'],
    ] as const)
      expect(run(template, json), template).toBe(value);
  });

  test('[SE5] what is missing makes no value, also inside a test', () => {
    for (const template of [
      '{{ value_json.x }}',
      '{{ value_json.x.y[0] }}',
      '{{ value_json.x | is_defined }}',
      '{{ value_json.x | float }}',
      '{{ value_json.x | round(1) }}',
      "{{ 'ON' if value_json.x == 'a' else 'OFF' }}",
      "{{ 'ON' if value_json.x else 'OFF' }}",
      'x {{ value_json.x }}',
      '{{ value_json }}',
      '{{ value_json.constructor }}',
      '{{ value_json.__proto__ }}',
      '{{ None }}',
    ])
      for (const payload of ['{}', 'x', '', '[]', 'null', '{"x":null}', '{"x":{}}'])
        expect(run(template, payload), `${template} ${payload}`).toBeUndefined();
    expect(run('{{ value_json.w | float }}', '{"w":"12 apples"}')).toBeUndefined();
    expect(run("{{ 'a' if value_json.w > 3 else 'b' }}", '{"w":"12"}')).toBeUndefined();
  });

  test('[SE4] everything else is not understood, and the piece is named', () => {
    for (const template of [
      '{% if value %}x{% endif %}',
      '{# note #}{{ value }}',
      '{{ value_json.a + 1 }}',
      '{{ value_json.a / 10 }}',
      '{{ value | from_json }}',
      "{{ value_json.get('a') }}",
      '{{ states("x") }}',
      "{{ is_state('a', 'b') }}",
      '{{ value_json.a and value_json.b }}',
      '{{ value_json.a is defined }}',
      '{{ value.split(",")[0] }}',
      "{{ {'a': 1}[value] }}",
      '{{ value_json[value] }}',
      '{{ value_json.a if value_json.b }}',
      '{{ value',
      'value }}',
      '{{ }}',
      '{{ value value }}',
      '{{ value | round(99) }}',
      "{{ value | round('x') }}",
      '{{ value | int(1,2) }}',
      "{{ 'a\\'b' }}",
      `{{ ${'('.repeat(50)}value${')'.repeat(50)} }}`,
      `{{ value }}${'x'.repeat(600)}`,
    ]) {
      const parsed = parseTemplate(template);
      expect(parsed.ok, template).toBe(false);
      if (!parsed.ok) expect(parsed.piece).not.toBe('');
    }
  });

  test('[SE4] no text makes the parser throw or hang, and a value is a scalar', () => {
    const pieces = fc.constantFrom(
      '{{',
      '}}',
      ' value ',
      'value_json',
      '.a',
      "['a']",
      '[0]',
      '|',
      'float',
      '(',
      ')',
      ' if ',
      ' else ',
      '==',
      '<',
      '1',
      "'x'",
      '-',
      '{%',
      'None',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 25 }).map((all) => all.join('')),
        ),
        fc.json(),
        (text, json) => {
          const parsed = parseTemplate(text);
          if (!parsed.ok) return;
          const value = evaluate(parsed.template, payloadOf(json));
          expect(['string', 'number', 'boolean', 'undefined']).toContain(typeof value);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('[SE5] a path finds exactly the property at it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 6 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (path, value) => {
          const json = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
          const text = JSON.stringify(json);
          const same: unknown = JSON.parse(JSON.stringify(value));
          expect(run(`{{ value_json${path.map((key) => `['${key}']`).join('')} }}`, text)).toBe(same);
          expect(run(`{{ value_json.${path.join('.')} }}`, text)).toBe(same);
          expect(run(`{{ value_json.${path.join('.')}.more }}`, text)).toBeUndefined();
        },
      ),
    );
  });
});
