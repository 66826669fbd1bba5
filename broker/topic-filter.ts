/**
 * MQTT 3.1.1 topic filters (clause 4.7): validity, matching, and containment of one filter in
 * another. Pure. An access decision about a SUBSCRIBE compares filters, never topics: `#` is
 * not "some topic", it is all of them.
 */

const MAX_TOPIC_BYTES = 1024;

/** A name that may be published to: not empty, no wildcard, no NUL, of a sane length. */
export function isTopicName(topic: string): boolean {
  return isText(topic) && !topic.includes('+') && !topic.includes('#');
}

/** A filter that may be subscribed to: wildcards alone in their level, `#` only at the end. */
export function isTopicFilter(filter: string): boolean {
  if (!isText(filter)) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || (!level.includes('+') && !level.includes('#'));
  });
}

function isText(text: string): boolean {
  return text.length > 0 && !text.includes('\0') && Buffer.byteLength(text) <= MAX_TOPIC_BYTES;
}

/** Topics the server keeps for itself (clause 4.7.2), `$share` included. */
export function isReserved(topicOrFilter: string): boolean {
  return topicOrFilter.startsWith('$');
}

/** Whether `filter` matches `topic`. A leading wildcard does not match a topic that starts with `$`. */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (isReserved(topic) && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (let index = 0; index < wanted.length; index += 1) {
    const level = wanted[index];
    if (level === '#') return true;
    if (index >= levels.length) return false;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/**
 * Whether every topic that `filter` matches is also matched by `grant`: the filter is a subset.
 * Both must be valid filters.
 */
export function filterWithin(filter: string, grant: string): boolean {
  const asked = filter.split('/');
  const given = grant.split('/');
  if (isReserved(filter) && (given[0] === '+' || given[0] === '#')) return false;
  // `+/#` and `#` match the same topics: every topic has a first level.
  if (grant === '+/#') return true;
  for (let index = 0; ; index += 1) {
    const have = given[index];
    const want = asked[index];
    if (have === '#') return true;
    if (want === undefined || have === undefined) return want === have;
    if (want === '#') return false;
    if (have !== '+' && have !== want) return false;
  }
}
