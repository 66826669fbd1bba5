import type { Resource } from '../../contract/feed.ts';
import type { Words } from '../../contract/ids.ts';
import type { NewMember } from '../members/members.service.ts';

/** Made-up people and places of the demonstration hall. Units are those of its map. */

const words = (zh: string, en: string): Words => ({ zh, en });

/** Central keeps masked names only; the mobile numbers are 13800000001 to ...6, the typed code is number + last four. */
export const demoMembers: readonly NewMember[] = ['张*国', '李*兰', '王*', '赵*明', '陈*华', '欧阳*'].map(
  (nameMasked, index) => ({
    number: String(100_001 + index),
    nameMasked,
    mobile: String(13_800_000_001 + index),
  }),
);

const surnames = '周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾';

/** People for simulators: they are never offered on a page [DM7]. */
export const demoCrowd: readonly NewMember[] = [...surnames].map((surname, index) => ({
  number: String(200_001 + index),
  nameMasked: `${surname}*`,
  mobile: String(13_900_000_001 + index),
}));

export interface DemoActivity {
  readonly id: string;
  readonly name: Words;
  readonly teacher: Words;
  readonly unit: string;
  /** As written on the door. */
  readonly room: string;
  readonly capacity: number;
}

/** What runs in the two-hour slots, in turn. */
export const demoActivities: readonly DemoActivity[] = [
  activity('baduanjin', '八段锦', 'Baduanjin exercise', '周老师', 'Ms Zhou', 'room-101', 20),
  activity('calligraphy', '书法入门', 'Calligraphy for beginners', '沈老师', 'Mr Shen', 'room-202', 16),
  activity('smartphone', '手机怎么用', 'Using a smartphone', '小林', 'Xiao Lin', 'room-203', 24),
  activity('first-aid', '急救培训', 'First aid', '方护士', 'Nurse Fang', 'room-301', 24),
  activity('choir', '职工合唱团', 'Workers’ choir', '何老师', 'Ms He', 'room-303', 30),
  activity('yoga', '舒缓瑜伽', 'Gentle yoga', '罗老师', 'Ms Luo', 'room-302', 12),
];

/** Two places only, so that the waiting list can be seen. */
export const demoSmallClass: DemoActivity = activity(
  'labour-law',
  '劳动法小课堂',
  'Labour law in small groups',
  '钱律师',
  'Mr Qian',
  'room-204',
  2,
);

/** Open around the clock: a demonstration must work at night. */
export const demoResources: readonly Resource[] = [
  ...[1, 2, 3, 4].map((number) => ({
    ...place(number, words(`羽毛球场 ${String(number)} 号`, `Badminton court ${String(number)}`)),
    kind: 'badminton' as const,
    unit: `court-${String(number)}`,
  })),
  ...[5, 6].map((number) => ({
    ...place(number, words(`乒乓球台 ${String(number)} 号`, `Table tennis ${String(number)}`)),
    kind: 'table-tennis' as const,
    unit: `table-${String(number)}`,
    slotMinutes: 30,
    // One minute at table 6: an unused booking is seen released without a long wait.
    ...(number === 6 ? { checkInAfter: 1 } : {}),
  })),
  { ...place(7, words('201 教室', 'Room 201')), kind: 'room' as const, unit: 'room-201', daysAhead: 7 },
];

function place(number: number, name: Words) {
  return {
    number,
    name,
    opens: '00:00',
    closes: '24:00',
    slotMinutes: 60,
    daysAhead: 3,
    dailyMinutesPerMember: 120,
    checkInBefore: 10,
    checkInAfter: 15,
    cancelBefore: 30,
    bookable: true,
  };
}

function activity(
  id: string,
  zh: string,
  en: string,
  teacherZh: string,
  teacherEn: string,
  unit: string,
  capacity: number,
): DemoActivity {
  return {
    id,
    name: words(zh, en),
    teacher: words(teacherZh, teacherEn),
    unit,
    room: unit.replace('room-', ''),
    capacity,
  };
}
