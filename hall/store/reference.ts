import { feedBodies } from '../../contract/feed.ts';
import type { FeedBody, FeedType, Member, Registration, Resource, Session } from '../../contract/feed.ts';
import type { Database } from './database.ts';

/** Read access to what central decides: whole records by type and id, as last applied from the feed. */
export interface Reference {
  get<T extends FeedType>(type: T, id: string): FeedBody<T> | undefined;
  all<T extends FeedType>(type: T): FeedBody<T>[];
  memberByNumber(memberNumber: string): Member | undefined;
  registrationsOf(memberRef: string): Registration[];
  registrationsIn(session: number): Registration[];
  session(number: number): Session | undefined;
  resource(number: number): Resource | undefined;
}

/** Rows were checked by their schema when they were applied; they are parsed again here because a row is an edge. */
export function createReference(db: Database): Reference {
  const one = db
    .prepare<[string, string], string>('SELECT body FROM feed_record WHERE type = ? AND id = ?')
    .pluck();
  const many = db
    .prepare<[string], string>('SELECT body FROM feed_record WHERE type = ? ORDER BY id')
    .pluck();
  const byNumber = db
    .prepare<[string], string>(
      "SELECT body FROM feed_record WHERE type = 'member' AND json_extract(body, '$.memberNumber') = ?",
    )
    .pluck();
  const ofMember = db
    .prepare<[string], string>(
      "SELECT body FROM feed_record WHERE type = 'registration' AND json_extract(body, '$.memberRef') = ?",
    )
    .pluck();
  const inSession = db
    .prepare<[number], string>(
      "SELECT body FROM feed_record WHERE type = 'registration' AND json_extract(body, '$.session') = ?",
    )
    .pluck();

  const parse = <T extends FeedType>(type: T, text: string): FeedBody<T> =>
    feedBodies[type].parse(JSON.parse(text)) as FeedBody<T>;
  const get = <T extends FeedType>(type: T, id: string): FeedBody<T> | undefined => {
    const text = one.get(type, id);
    return text === undefined ? undefined : parse(type, text);
  };

  return {
    get,
    all: (type) => many.all(type).map((text) => parse(type, text)),
    memberByNumber: (memberNumber) => {
      const text = byNumber.get(memberNumber);
      return text === undefined ? undefined : parse('member', text);
    },
    registrationsOf: (memberRef) => ofMember.all(memberRef).map((text) => parse('registration', text)),
    registrationsIn: (session) => inSession.all(session).map((text) => parse('registration', text)),
    session: (number) => get('session', String(number)),
    resource: (number) => get('resource', String(number)),
  };
}
