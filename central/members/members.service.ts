import { bytesToHex } from '@noble/hashes/utils.js';
import type { Base } from '../base.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';

export interface MemberRow {
  readonly id: string;
  readonly number: string;
  readonly name_masked: string;
  readonly mobile: string;
  readonly blocked: boolean;
}

export interface NewMember {
  readonly number: string;
  /** Already masked: central keeps no full name. */
  readonly nameMasked: string;
  /** 11 digits. */
  readonly mobile: string;
}

export interface Members {
  byMobile(sql: Sql, mobile: string): Promise<MemberRow | undefined>;
  byId(sql: Sql, id: string): Promise<MemberRow | undefined>;
  /** Adds a person, or finds the one with the same number. */
  add(tx: Tx, member: NewMember): Promise<MemberRow>;
  /** The member's reference at this hall, made (and sent down) at the first join. The hall must be locked. */
  join(tx: Tx, hall: number, member: MemberRow): Promise<string>;
  /** Undefined when the member does not belong to the hall. */
  refAt(sql: Sql, hall: number, member: string): Promise<string | undefined>;
  hallsOf(sql: Sql, member: string): Promise<number[]>;
}

/** `+86 138-0000-0001` -> `13800000001`; undefined when it is no mainland mobile number. */
export function cleanMobile(text: string): string | undefined {
  const digits = text.replace(/[\s()-]/g, '').replace(/^(\+86|0086)/, '');
  return /^1[3-9]\d{9}$/.test(digits) ? digits : undefined;
}

export function createMembers(base: Base): Members {
  const { feed, ids, random } = base;
  return {
    byMobile: (sql, mobile) => one<MemberRow>(sql, 'SELECT * FROM member WHERE mobile = $1', [mobile]),
    byId: (sql, id) => one<MemberRow>(sql, 'SELECT * FROM member WHERE id = $1', [id]),
    add: async (tx, member) => {
      const found = await one<MemberRow>(tx, 'SELECT * FROM member WHERE number = $1', [member.number]);
      if (found !== undefined) return found;
      const row: MemberRow = {
        id: ids.uuid(),
        number: member.number,
        name_masked: member.nameMasked,
        mobile: member.mobile,
        blocked: false,
      };
      await tx.query('INSERT INTO member (id, number, name_masked, mobile) VALUES ($1, $2, $3, $4)', [
        row.id,
        row.number,
        row.name_masked,
        row.mobile,
      ]);
      return row;
    },
    join: async (tx, hall, member) => {
      const known = await one<{ member_ref: string }>(
        tx,
        'SELECT member_ref FROM hall_member WHERE hall = $1 AND member = $2',
        [hall, member.id],
      );
      const memberRef = known?.member_ref ?? bytesToHex(random.bytes(6));
      if (known === undefined)
        await tx.query('INSERT INTO hall_member (hall, member, member_ref) VALUES ($1, $2, $3)', [
          hall,
          member.id,
          memberRef,
        ]);
      await feed.put(tx, hall, 'member', {
        memberRef,
        memberNumber: member.number,
        nameMasked: member.name_masked,
        phoneLast4: member.mobile.slice(-4),
        blocked: member.blocked,
      });
      return memberRef;
    },
    refAt: async (sql, hall, member) =>
      (
        await one<{ member_ref: string }>(
          sql,
          'SELECT member_ref FROM hall_member WHERE hall = $1 AND member = $2',
          [hall, member],
        )
      )?.member_ref,
    hallsOf: async (sql, member) =>
      (
        await sql.query<{ hall: number }>('SELECT hall FROM hall_member WHERE member = $1 ORDER BY hall', [
          member,
        ])
      ).map((row) => row.hall),
  };
}
