import { z } from 'zod';
import type { Words } from './ids.ts';

/**
 * The catalogue of refusals. A refusal is an ordinary answer, not a defect: it has a
 * stable code, says who must act, and has one sentence in each language. `{name}`
 * in a sentence is filled from the refusal's params.
 */

/** Who can do something about it. */
export type Actor = 'member' | 'staff' | 'retry' | 'developer';

interface Entry {
  readonly actor: Actor;
  /** HTTP status when it travels as problem details (RFC 9457). */
  readonly status: number;
  readonly words: Words;
}

function entry(actor: Actor, status: number, zh: string, en: string): Entry {
  return { actor, status, words: { zh, en } };
}

export const refusals = {
  // the request itself
  'bad-request': entry(
    'developer',
    400,
    '请求内容不对，请联系技术人员。',
    'The request is malformed; a developer must look at it.',
  ),
  'not-found': entry('member', 404, '没有找到。', 'Not found.'),
  'not-signed-in': entry('member', 401, '请先登录。', 'Please sign in first.'),
  'not-allowed': entry(
    'staff',
    403,
    '没有这项权限，请找管理员。',
    'You may not do this; ask an administrator.',
  ),
  'host-not-allowed': entry(
    'developer',
    421,
    '访问地址不在允许的名单里。',
    'This host name is not on the allowed list.',
  ),
  'origin-not-allowed': entry(
    'developer',
    403,
    '请求来源不在允许的名单里。',
    'This origin is not on the allowed list.',
  ),
  'too-many-tries': entry(
    'retry',
    429,
    '试得太多了，请等 {minutes} 分钟再试。',
    'Too many tries. Please wait {minutes} minutes.',
  ),
  'part-unavailable': entry(
    'retry',
    503,
    '这项服务暂时用不了，请稍后再试，或叫工作人员。',
    'This is not available right now. Try again later or call staff.',
  ),
  'central-unreachable': entry(
    'retry',
    503,
    '现在连不上中心，已经在重试。',
    'Central cannot be reached; we keep trying.',
  ),
  'storage-failed': entry(
    'staff',
    503,
    '本机存储出了问题，请叫工作人员。',
    'This machine cannot store data; please call staff.',
  ),
  'enrol-code-wrong': entry(
    'staff',
    403,
    '登记码不对或已经用过，请让管理员重新生成。',
    'The enrolment code is wrong or used; ask for a new one.',
  ),
  'staff-sign-in-wrong': entry('staff', 401, '姓名或密码不对。', 'Name or password is wrong.'),
  // codes
  'code-wrong': entry(
    'member',
    403,
    '号码或开柜码不对，请再看一遍。',
    'The number or code is not right. Please check it.',
  ),
  'typed-codes-off': entry(
    'member',
    429,
    '输错太多次，输码先停用 {minutes} 分钟。请扫手机上的码，或叫工作人员。',
    'Too many wrong tries: typing is off for {minutes} minutes. Scan the code on your phone or call staff.',
  ),
  'show-qr-instead': entry(
    'member',
    409,
    '请扫手机上的码开这个柜子。',
    'Please scan the code on your phone to open this locker.',
  ),
  'qr-unreadable': entry(
    'member',
    400,
    '这不是本系统的码，请打开手机页上的码。',
    'This is not one of our codes. Open the code on the phone page.',
  ),
  'qr-not-trusted': entry(
    'member',
    403,
    '这个码没法核对，请在手机上刷新后再扫。',
    'This code cannot be verified. Refresh it on your phone and scan again.',
  ),
  'qr-other-hall': entry(
    'member',
    403,
    '这是别的服务中心的码，请到那里使用。',
    'This code is for another hall.',
  ),
  'qr-wrong-purpose': entry(
    'member',
    409,
    '这个码不是用在这里的，请回首页直接扫码。',
    'This code is for something else. Go to the first screen and scan it there.',
  ),
  'qr-too-early': entry(
    'member',
    403,
    '还没到使用时间，{from} 起可以用。',
    'Too early: it works from {from}.',
  ),
  'qr-expired': entry(
    'member',
    403,
    '这个码过期了，请在手机上重新取码。',
    'This code has expired. Get a new one on your phone.',
  ),
  'qr-stale': entry(
    'member',
    403,
    '这个码旧了，截图不能用。请打开手机页，现在的码会一直变。',
    'This code is old and screenshots do not work. Open the phone page; the live code keeps changing.',
  ),
  'qr-replayed': entry(
    'member',
    409,
    '这个码刚用过，请等手机上的码变了再扫。',
    'This code was just used. Wait until it changes on your phone, then scan again.',
  ),
  'grant-revoked': entry(
    'staff',
    403,
    '这个码已停用，请找工作人员。',
    'This code was withdrawn. Please see staff.',
  ),
  'grant-used': entry(
    'member',
    409,
    '这张凭条只能开一次，已经用过。请输入柜号和 8 位码。',
    'This slip opens once and was used. Type the locker number and the 8 digits.',
  ),
  'card-unknown': entry(
    'staff',
    404,
    '这张卡还没有登记。请带会员号到服务台登记一次；今天先用手机上的码或会员号。',
    'This card is not known yet. The desk can bind it once; today use the code on your phone or your member number.',
  ),
  'card-gone': entry('member', 409, '请把卡再放一次。', 'Please lay your card on the reader again.'),
  'grant-spent': entry(
    'member',
    409,
    '这个码已经签过到，不用再扫。',
    'This code has been used to check in; there is nothing more to do.',
  ),
  // check-in
  'member-unknown': entry(
    'member',
    403,
    '会员号或手机后四位不对，请再看一遍。',
    'Member number or the last four digits are not right. Please check them.',
  ),
  'session-unknown': entry(
    'staff',
    404,
    '没有找到这场活动，请叫工作人员。',
    'This session was not found; please call staff.',
  ),
  'id-card-unknown': entry(
    'member',
    404,
    '这张身份证还没登记过。输入一次会员号，以后放上身份证就能签到。',
    'This ID card is new here. Enter your member number once; after that the card is enough.',
  ),
  'id-card-gone': entry('member', 409, '请把身份证再放一次。', 'Please lay the ID card down once more.'),
  'nothing-today': entry('member', 404, '您今天没有要签到的活动。', 'You have nothing to check in to today.'),
  'session-too-early': entry('member', 409, '{from} 开始签到，请先休息一会儿。', 'Check-in opens at {from}.'),
  'session-over': entry(
    'member',
    409,
    '签到时间已过，请问工作人员。',
    'Check-in has closed; please ask staff.',
  ),
  'session-cancelled': entry('member', 409, '这场活动取消了。', 'This session was cancelled.'),
  'session-full': entry(
    'member',
    409,
    '人满了，您可以在手机上排候补。',
    'It is full; you can join the waiting list on your phone.',
  ),
  'not-registered': entry(
    'member',
    409,
    '您没有报这场活动，可以现在在手机上报名。',
    'You are not registered for this session; you can register on your phone.',
  ),
  'undo-too-late': entry(
    'staff',
    409,
    '超过 10 秒不能自己撤销，请叫工作人员。',
    'Undo works for 10 seconds only; please call staff.',
  ),
  // lockers
  'no-free-compartment': entry(
    'member',
    409,
    '这种格口都有人用。请换一种，或等一会儿。',
    'No compartment of this size is free. Try another size or wait.',
  ),
  'member-has-lease': entry(
    'member',
    409,
    '您已经租了 {compartment} 号柜，请先归还。',
    'You already rent locker {compartment}; please return it first.',
  ),
  'lease-over': entry(
    'staff',
    409,
    '这个柜子的租用已经结束。东西还在里面的话，请叫工作人员。',
    'This lease has ended. If your things are inside, please call staff.',
  ),
  'compartment-out': entry(
    'staff',
    409,
    '这个柜子在检修，请叫工作人员。',
    'This locker is out of service; please call staff.',
  ),
  'compartment-taken': entry(
    'member',
    409,
    '{compartment} 号柜有人在用，请用 {other} 号柜。',
    'Locker {compartment} is in use; please use {other}.',
  ),
  'door-busy': entry(
    'retry',
    409,
    '另一扇门正在开，请等几秒再按。',
    'Another door is moving; please press again in a few seconds.',
  ),
  'lock-board-offline': entry(
    'staff',
    503,
    '柜子暂时连不上，请叫工作人员。您的东西还锁着。',
    'The lockers cannot be reached; please call staff. Your things are still locked.',
  ),
  'door-did-not-open': entry(
    'staff',
    503,
    '{compartment} 号门没有弹开，已通知工作人员。',
    'Door {compartment} did not open; staff have been told.',
  ),
  'door-unknown': entry(
    'staff',
    503,
    '还不知道 {compartment} 号门开了没有，请看一下柜门，工作人员马上来。',
    'We do not know whether door {compartment} opened. Please look at it; staff are coming.',
  ),
  'close-door-first': entry(
    'member',
    409,
    '请先关上 {compartment} 号柜门。',
    'Please close door {compartment} first.',
  ),
  'terms-not-accepted': entry(
    'member',
    400,
    '请先看使用须知，再点“同意”。',
    'Please read and accept the terms first.',
  ),
  // bookings
  'resource-unknown': entry('member', 404, '没有这个场地。', 'There is no such place.'),
  'slot-taken': entry(
    'member',
    409,
    '这个时段刚被订走，请换一个。',
    'This slot was just taken; please choose another.',
  ),
  'slot-outside-hours': entry('member', 409, '这个时段不开放。', 'Not open at that time.'),
  'slot-in-past': entry('member', 409, '这个时段已经过去了。', 'That time has passed.'),
  'too-far-ahead': entry('member', 409, '最多提前 {days} 天订。', 'You can book at most {days} days ahead.'),
  'daily-quota': entry(
    'member',
    409,
    '您这天已经订满 {minutes} 分钟。',
    'You have used your {minutes} minutes for that day.',
  ),
  'booking-unknown': entry('member', 404, '没有找到这个预约。', 'This booking was not found.'),
  'booking-over': entry(
    'member',
    409,
    '这个预约已经结束或取消。',
    'This booking has ended or was cancelled.',
  ),
  'booking-too-early': entry('member', 409, '{from} 起可以签到。', 'You can check in from {from}.'),
  'cancel-too-late': entry(
    'staff',
    409,
    '开始前 {minutes} 分钟内不能取消，请找工作人员。',
    'Within {minutes} minutes of the start only staff can cancel.',
  ),
  // services
  'service-unknown': entry('member', 404, '没有这个事项。', 'There is no such service.'),
  'answers-wrong': entry(
    'member',
    422,
    '有 {count} 处要改，请看红框上的说明。',
    '{count} answers need a change; see the notes beside them.',
  ),
  'draft-unknown': entry(
    'member',
    404,
    '没有找到这份草稿，可能已经清除。',
    'This draft was not found; it may have been cleared.',
  ),
  'application-unknown': entry(
    'member',
    404,
    '单号或查询码不对，请看回执。',
    'The number or query code is not right; see your receipt.',
  ),
  'application-decided': entry(
    'staff',
    409,
    '这件申请已经办结。',
    'This application has already been decided.',
  ),
  'reason-missing': entry('staff', 400, '请写原因。', 'Please give a reason.'),
  'sealing-key-missing': entry(
    'retry',
    503,
    '本机还没有收到中心的密钥，暂时不能收身份证号这类内容，请叫工作人员。',
    'This hall has not received the key for private answers yet; please call staff.',
  ),
  // way and help
  'place-unknown': entry('member', 404, '地图上没有这个地方。', 'This place is not on the map.'),
  'no-way': entry(
    'staff',
    409,
    '现在走不到那里，请问工作人员。',
    'There is no open way there now; please ask staff.',
  ),
  'help-unknown': entry('member', 404, '没有这次呼叫。', 'There is no such call.'),
  // commissioning
  'commissioning-gateway-away': entry(
    'staff',
    503,
    '网关不在线。请安装人员看网关的电源和网线，再试。',
    'The gateway is not online. Have the installer check its power and network, then try again.',
  ),
  'commissioning-gateway-silent': entry(
    'retry',
    503,
    '网关没有照办，什么也没有开。请再试一次。',
    'The gateway did not act, and nothing was opened. Please try again.',
  ),
  'commissioning-busy': entry(
    'staff',
    409,
    '这个网关正在调试另一组柜子。等它结束，或先停下它。',
    'This gateway is commissioning already. Wait until that ends, or stop it first.',
  ),
  'commissioning-over': entry(
    'staff',
    409,
    '这次调试已经结束。进度还在，重新开始可以接着做。',
    'This commissioning has ended. Its progress is kept: begin again to go on with it.',
  ),
  'commissioning-answered': entry(
    'retry',
    409,
    '这一步已经回答过了，没有再开一次。请看现在问的是什么。',
    'That question was answered already and nothing opened twice. See what is asked now.',
  ),
  'commissioning-line-unknown': entry(
    'staff',
    404,
    '网关没有这条线。请安装人员插好转接头，再刷新。',
    'The gateway has no such line. Have the installer plug the adapter in, then look again.',
  ),
  // sync
  'signature-wrong': entry('developer', 401, '签名不对。', 'The request signature is missing or wrong.'),
  'nonce-used': entry('developer', 401, '请求被重复发送。', 'This nonce was used before.'),
  'clock-skew': entry(
    'staff',
    401,
    '本机时间不准，请校时。',
    'The clock of this machine is off by more than 5 minutes.',
  ),
  'protocol-version': entry('developer', 400, '协议版本不支持。', 'This protocol version is not supported.'),
  'hall-unknown': entry('staff', 404, '中心没有这个服务中心。', 'Central does not know this hall.'),
  'cursor-gone': entry('retry', 410, '游标太旧，需要取快照。', 'The cursor is too old; fetch the snapshot.'),
  'chain-broken': entry(
    'staff',
    409,
    '第 {seq} 条事实与中心的记录接不上，已停止上传并报警。',
    'Fact {seq} does not continue the chain central holds; upload stopped.',
  ),
} as const satisfies Record<string, Entry>;

export type RefusalCode = keyof typeof refusals;

export interface Refusal {
  readonly code: RefusalCode;
  readonly params?: Readonly<Record<string, string | number>>;
  /** For `answers-wrong`: the sentence for each field. */
  readonly fields?: Readonly<Record<string, Words>>;
}

/** The result of anything that may be refused. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accepted<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused(
  code: RefusalCode,
  params?: Refusal['params'],
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: params === undefined ? { code } : { code, params } };
}

/** The sentence of a refusal in one language, params filled in. */
export function sentence(refusal: Refusal, language: keyof Words): string {
  return refusals[refusal.code].words[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = refusal.params?.[name];
    return value === undefined ? whole : String(value);
  });
}

export const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

/** RFC 9457 problem details, `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(refusalCodes),
  actor: z.enum(['member', 'staff', 'retry', 'developer']),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  fields: z.record(z.string(), z.object({ zh: z.string(), en: z.string() })).optional(),
  detail: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** Refusal -> problem details. The title is English; people read `sentence`. */
export function toProblem(refusal: Refusal, detail?: string): Problem {
  const found = refusals[refusal.code];
  return {
    type: `urn:union-hall:refusal:${refusal.code}`,
    title: sentence(refusal, 'en'),
    status: found.status,
    code: refusal.code,
    actor: found.actor,
    ...(refusal.params === undefined ? {} : { params: { ...refusal.params } }),
    ...(refusal.fields === undefined ? {} : { fields: { ...refusal.fields } }),
    ...(detail === undefined ? {} : { detail }),
  };
}
