import { useState } from 'react';
import type { ReactNode } from 'react';
import { ActionButton } from '../ui/components/ActionButton.tsx';
import { BigNumber } from '../ui/components/BigNumber.tsx';
import { Board, BoardRow } from '../ui/components/Board.tsx';
import { CabinetFigure } from '../ui/components/CabinetFigure.tsx';
import type { CabinetDoor } from '../ui/components/CabinetFigure.tsx';
import { Choices, Tick, Toggle } from '../ui/components/Choices.tsx';
import { CodeBoxes } from '../ui/components/CodeBoxes.tsx';
import { CourtFigure } from '../ui/components/CourtFigure.tsx';
import { DayBar } from '../ui/components/DayBar.tsx';
import { ConfirmDialog, IdleDialog } from '../ui/components/Dialogs.tsx';
import { Field } from '../ui/components/Field.tsx';
import { ErrorSummary, ReviewList } from '../ui/components/FormSummary.tsx';
import { HoldButton } from '../ui/components/HoldButton.tsx';
import { Notice } from '../ui/components/Notice.tsx';
import { NumPad } from '../ui/components/NumPad.tsx';
import { ResultPanel } from '../ui/components/ResultPanel.tsx';
import { StateMark } from '../ui/components/StateMark.tsx';
import { MetroLine, ProgressLine, StepsList } from '../ui/components/StepsLine.tsx';
import { Table } from '../ui/components/Table.tsx';
import { Tile } from '../ui/components/Tile.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/components/Waiting.tsx';
import { ScreenKeyboard } from '../ui/keyboard/ScreenKeyboard.tsx';
import { Pictogram, PICTOGRAM_NAMES } from '../ui/pictograms/Pictogram.tsx';
import { KioskFrame } from './screens/frame/KioskFrame.tsx';
import type { KioskFrameProps } from './screens/frame/KioskFrame.tsx';
import { useVisitor } from './screens/frame/visitor-settings.ts';
import './gallery.css';

const nothing = (): void => undefined;

/** One page of sample content, by name; samples are invented and bilingual. */
export function GalleryPage({ page }: { page: string }): ReactNode {
  const pages: Record<string, () => ReactNode> = {
    welcome: Welcome,
    result: Result,
    locker: Locker,
    form: Form,
    states: States,
    choices: ChoicesPage,
    signs: Signs,
    idle: Idle,
    confirm: Confirm,
  };
  const Page = pages[page] ?? Welcome;
  return <Page />;
}

function useSay(): (zh: string, en: string) => string {
  const { settings } = useVisitor();
  return (zh, en) => (settings.language === 'en' ? en : zh);
}

type SampleFrameProps = Partial<KioskFrameProps> & Pick<KioskFrameProps, 'title' | 'pictogram'>;

function SampleFrame(props: SampleFrameProps): ReactNode {
  const say = useSay();
  const [called, setCalled] = useState(false);
  return (
    <KioskFrame
      place={say('城北职工服务中心 · 1 楼大厅', 'City North Workers’ Hall · Floor 1')}
      statuses={[
        { id: 'network', state: 'ok', word: say('网络正常', 'Online') },
        { id: 'printer', state: 'ok', word: say('可以打印', 'Can print') },
      ]}
      called={called}
      onCall={() => setCalled(true)}
      onHome={nothing}
      onBack={nothing}
      {...props}
    />
  );
}

function Welcome(): ReactNode {
  const say = useSay();
  const { settings } = useVisitor();
  const action = settings.lowReach
    ? {}
    : { action: { label: say('看这一场', 'See this session'), onPress: nothing } };
  const large = settings.textSize === 'elderly';
  return (
    <KioskFrame
      pictogram="home"
      title={say('您好，请点您要办的事', 'Welcome. What do you need?')}
      {...(large ? {} : { second: say('城北职工服务中心 · City North Workers’ Hall', '城北职工服务中心') })}
      place={say('城北职工服务中心 · 1 楼大厅', 'City North Workers’ Hall · Floor 1')}
      statuses={[
        { id: 'network', state: 'ok', word: say('网络正常', 'Online') },
        { id: 'printer', state: 'ok', word: say('可以打印', 'Can print') },
      ]}
      called={false}
      onCall={nothing}
      read={
        <>
          <Board
            title={say('今天的活动', 'Today')}
            note={say('点箭头，报名或看路线', 'Touch an arrow to join')}
          >
            <BoardRow
              time="14:30"
              title={say('太极拳入门班', 'Tai chi for beginners')}
              detail={say('3 楼 301 教室 · 李老师', 'Floor 3, room 301')}
              state={<StateMark state="ok" word={say('正在签到', 'Check-in open')} />}
              {...action}
            />
            <BoardRow
              time="15:30"
              title={say('劳动法咨询', 'Labour law advice')}
              detail={say('1 楼 5 号窗口 · 王律师', 'Floor 1, counter 5')}
              state={<StateMark state="free" word={say('还有 3 位', '3 places left')} />}
              {...action}
            />
            {large ? null : (
              <BoardRow
                time="18:30"
                title={say('手机摄影课', 'Phone photography')}
                detail={say('2 楼 204 教室 · 陈老师', 'Floor 2, room 204')}
                state={<StateMark state="full" word={say('满了，可排队', 'Full, waiting list')} />}
                {...action}
              />
            )}
          </Board>
          {large ? null : (
            <div className="g-courts">
              <CourtFigure number="1" state="busy" until="15:00" />
              <CourtFigure number="2" state="free" until="16:00" />
              <CourtFigure number="3" state="free" until="18:00" />
              <CourtFigure number="4" state="booked" until="14:30" />
              <CourtFigure number="5" state="unknown" />
              <CourtFigure number="6" state="busy" until="16:00" />
            </div>
          )}
        </>
      }
    >
      <div className="g-tiles">
        <Tile
          pictogram="route"
          title={say('找地方', 'Find my way')}
          hint={say('窗口、教室、厕所、电梯', 'Counters, rooms, toilets')}
          onPress={nothing}
        />
        <Tile
          pictogram="service"
          title={say('办业务', 'Services')}
          hint={say('入会、转会、帮扶、报销', 'Join, transfer, support')}
          onPress={nothing}
        />
        <Tile
          primary
          pictogram="check-in"
          title={say('签到', 'Check in')}
          hint={say('太极拳班 14:30 正在签到', 'Tai chi 14:30 is open')}
          onPress={nothing}
        />
        <Tile
          pictogram="locker"
          title={say('储物柜', 'Lockers')}
          hint={say('存东西、取东西', 'Store and collect')}
          onPress={nothing}
        />
        <Tile
          pictogram="court"
          title={say('订场地', 'Book a court')}
          hint={say('羽毛球、乒乓球、教室', 'Courts and rooms')}
          onPress={nothing}
        />
        <Tile
          pictogram="search"
          title={say('查进度', 'My progress')}
          hint={say('看办到哪一步', 'See where it stands')}
          onPress={nothing}
        />
      </div>
      <Notice
        pictogram="scan"
        title={say('手机里有码', 'Have a code on your phone?')}
        detail={say(
          '不用点，直接对准扫码口：签到、开柜都可以',
          'Touch nothing: hold it to the scanner to check in or open a locker',
        )}
      />
    </KioskFrame>
  );
}

function Result(): ReactNode {
  const say = useSay();
  return (
    <SampleFrame
      pictogram="check-in"
      title={say('签到', 'Check in')}
      second={say('Check-in', '签到')}
      read={
        <>
          <ResultPanel kind="success" sentence={say('张*，您签到好了', 'Zhang*, you are checked in')}>
            <p>{say('太极拳入门班 · 第 3 次课', 'Tai chi for beginners · class 3')}</p>
            <p>{say('今天 14:30 到 16:00 · 李老师', 'Today 14:30 to 16:00 · Ms Li')}</p>
          </ResultPanel>
          <div className="g-split">
            <BigNumber label={say('教室', 'Room')} value="301" note={say('3 楼', 'Floor 3')} />
            <BigNumber
              label={say('座位', 'Seat')}
              value="17"
              note={say('第 3 排，左起第 2 个', 'Row 3, second from left')}
            />
          </div>
        </>
      }
    >
      <MetroLine
        stops={[
          {
            id: 'a',
            pictogram: 'dot',
            title: say('您在这里', 'You are here'),
            detail: say('1 楼大厅', 'Floor 1'),
          },
          {
            id: 'b',
            pictogram: 'turn-right',
            title: say('沿走廊右转', 'Turn right'),
            detail: say('经过饮水机', 'Past the water'),
          },
          {
            id: 'c',
            pictogram: 'lift',
            title: say('坐电梯', 'Take the lift'),
            detail: say('到 3 楼', 'To floor 3'),
          },
          {
            id: 'd',
            pictogram: 'turn-left',
            title: say('出门左转', 'Turn left'),
            detail: say('第 2 个门', 'Second door'),
          },
          { id: 'e', pictogram: 'pin', title: '301', detail: say('门口有绿牌', 'Green sign') },
        ]}
      />
      <ActionButton
        kind="primary"
        pictogram="route"
        label={say('带我去 301 教室', 'Show me the way to 301')}
      />
      <div className="g-even">
        <ActionButton pictogram="print" label={say('打印小票', 'Print a slip')} />
        <ActionButton
          pictogram="undo"
          label={say('签错了', 'Undo')}
          hint={say('10 秒内可撤销', 'Within 10 seconds')}
        />
      </div>
      <Notice
        kind="attention"
        title={say('您 13:58 在 2 号机签过了，不用再签', 'You checked in at 13:58 at kiosk 2')}
        detail={say('如果不是您签的，请告诉工作人员。', 'If that was not you, please tell the staff.')}
        action={<ActionButton kind="quiet" label={say('看路线', 'See the way')} />}
      />
    </SampleFrame>
  );
}

const DOORS: CabinetDoor[] = [
  ...Array.from({ length: 18 }, (_, index) => ({
    number: index + 1,
    column: Math.floor(index / 6),
    row: index % 6,
    taken: index % 5 === 3,
  })),
  { number: 19, column: 3, row: 0, height: 2 },
  { number: 20, column: 3, row: 2, height: 2 },
  { number: 21, column: 3, row: 4, height: 2 },
];

function Locker(): ReactNode {
  const say = useSay();
  const [code, setCode] = useState('48270');
  return (
    <SampleFrame
      pictogram="locker"
      title={say('储物柜', 'Lockers')}
      second={say('Lockers', '储物柜')}
      read={
        <>
          <div className="g-door">
            <div>
              <StateMark state="ok" word={say('门已经打开', 'The door is open')} />
              <BigNumber value="12" />
              <h2>{say('号柜是您的', 'is your locker')}</h2>
              <p>{say('在您右手边第 2 列，最下面一格。', 'Second column on your right, at the bottom.')}</p>
            </div>
            <CabinetFigure
              name={say('A 柜', 'Bank A')}
              doors={DOORS}
              yours={12}
              position="open"
              stand={2.5}
            />
          </div>
          <StepsList
            now="b"
            steps={[
              {
                id: 'a',
                title: say('把东西放进去', 'Put your things in'),
                detail: say('不放食物和钱。', 'No food, no money.'),
              },
              {
                id: 'b',
                title: say('关上门，听到“咔嗒”一声', 'Close the door until it clicks'),
                end: say('现在', 'Now'),
              },
            ]}
          />
        </>
      }
    >
      <div className="g-even">
        <ActionButton
          pictogram="door-open"
          label={say('再次打开', 'Open again')}
          hint={say('还接着用这个柜', 'Keep using it')}
        />
        <HoldButton
          label={say('用完归还', 'Finish')}
          hint={say('按住 2 秒，柜子给别人用', 'Hold 2 s to give it back')}
          onHeld={nothing}
        />
      </div>
      <div className="g-even">
        <ActionButton kind="quiet" label={say('门没弹开', 'It did not open')} />
        <ActionButton kind="quiet" label={say('门关不上', 'It will not close')} />
        <ActionButton kind="quiet" label={say('不是我的东西', 'Not my things')} />
      </div>
      <div className="g-door">
        <CodeBoxes value={code} />
        <NumPad
          onDigit={(digit) => setCode((before) => (before + digit).slice(0, 8))}
          onBackspace={() => setCode((before) => before.slice(0, -1))}
          onClear={() => setCode('')}
        />
      </div>
    </SampleFrame>
  );
}

function Form(): ReactNode {
  const say = useSay();
  const [value, setValue] = useState('城北');
  return (
    <SampleFrame
      pictogram="service"
      title={say('入会申请', 'Join the union')}
      second={say('Join the union', '入会申请')}
      dock={<ScreenKeyboard mode="pinyin" value={value} onChange={setValue} />}
    >
      <ProgressLine step={4} of={9} />
      <Field
        id="employer"
        asQuestion
        label={say('您在哪家单位上班？', 'Where do you work?')}
        hint={say('写劳动合同上的名字。写简称也行。', 'As on your contract; a short name will do.')}
        value={value}
        onChange={setValue}
        inputMode="none"
      />
      <div className="g-even frame__foot">
        <ActionButton pictogram="arrow-left" label={say('上一题', 'Previous')} />
        <ActionButton kind="primary" pictogram="arrow-right" pictogramAfter label={say('下一题', 'Next')} />
      </div>
    </SampleFrame>
  );
}

function States(): ReactNode {
  const say = useSay();
  return (
    <SampleFrame pictogram="info" title={say('各种情况', 'States')} demo>
      <ResultPanel kind="refused" sentence={say('这个码已经用过了', 'This code has been used')}>
        <p>{say('请在手机上刷新，再扫一次。', 'Refresh it on your phone and scan again.')}</p>
      </ResultPanel>
      <ResultPanel kind="attention" sentence={say('门还没有关好', 'The door is not closed')} />
      <div className="g-row">
        {(['ok', 'free', 'full', 'attention', 'refused', 'unknown'] as const).map((state) => (
          <StateMark key={state} state={state} word={state} />
        ))}
      </div>
      <DayBar
        label={say('羽毛球 1 号', 'Badminton 1')}
        opens={9}
        closes={21}
        booked={[
          { from: 9, to: 12 },
          { from: 15, to: 17.5 },
        ]}
        now={14.2}
        scale
      />
      <Notice
        kind="ok"
        title={say('已经保存', 'Saved')}
        detail={say('断网了也不会丢。', 'Kept even without network.')}
      />
      <ErrorState
        title={say('没有取到今天的活动', 'Today’s list did not load')}
        detail={say('别的照常办。', 'Everything else works.')}
        onRetry={nothing}
      />
      <div className="g-even">
        <LoadingState />
        <EmptyState
          title={say('今天没有活动了', 'Nothing more today')}
          detail={say('明天 9:00 开门。', 'Opens at 9:00 tomorrow.')}
        />
      </div>
      <Table
        caption={say('刚处理完', 'Just done')}
        columns={[
          { id: 'a', title: say('时间', 'Time'), cell: (row: readonly string[]) => row[0] },
          { id: 'b', title: say('什么事', 'What'), cell: (row: readonly string[]) => row[1] },
          { id: 'c', title: say('用时', 'Took'), cell: (row: readonly string[]) => row[2], number: true },
        ]}
        rows={[
          ['14:06', say('不会扫码', 'Help with scanning'), '3:00'],
          ['13:41', say('小票卡纸', 'Paper jam'), '6:10'],
        ]}
        rowKey={(row) => row[0] ?? ''}
        empty={say('没有', 'None')}
      />
    </SampleFrame>
  );
}

function ChoicesPage(): ReactNode {
  const say = useSay();
  const [value, setValue] = useState<string | undefined>('b');
  const [agreed, setAgreed] = useState(true);
  const [id, setId] = useState('1101051949123100');
  return (
    <SampleFrame
      pictogram="service"
      title={say('核对', 'Review')}
      dock={<ScreenKeyboard mode="id" value={id} onChange={setId} maxLength={18} />}
    >
      <ErrorSummary
        errors={[
          {
            field: 'id',
            sentence: say('证件号应有 18 位，请看第 17 位以后', 'An ID number has 18 characters'),
          },
        ]}
        onGo={nothing}
      />
      <Choices
        label={say('您怎么用工？', 'How are you employed?')}
        choices={[
          { value: 'a', label: say('合同工', 'Contract') },
          {
            value: 'b',
            label: say('灵活就业', 'Flexible work'),
            hint: say('外卖、快递、网约车', 'Delivery, driving'),
          },
        ]}
        value={value}
        onChange={setValue}
      />
      <Tick label={say('我自愿加入工会', 'I join of my own will')} checked={agreed} onChange={setAgreed} />
      <Toggle
        label={say('无障碍路线', 'Step-free route')}
        on={say('开', 'On')}
        off={say('关', 'Off')}
        checked={agreed}
        onChange={setAgreed}
      />
      <ReviewList
        items={[
          { id: 'n', label: say('姓名', 'Name'), value: '张*', onChange: nothing },
          { id: 'p', label: say('手机号', 'Phone'), value: '138 **** 5678', onChange: nothing },
        ]}
      />
      <Field
        id="id"
        label={say('证件号', 'ID number')}
        value={id}
        onChange={setId}
        error={say('还差 2 位', '2 characters missing')}
        inputMode="none"
      />
    </SampleFrame>
  );
}

function Signs(): ReactNode {
  return (
    <SampleFrame pictogram="info" title="Pictograms">
      <div className="g-signs">
        {PICTOGRAM_NAMES.map((name) => (
          <div key={name}>
            <Pictogram name={name} />
            <Pictogram name={name} />
            {name}
          </div>
        ))}
      </div>
    </SampleFrame>
  );
}

function Idle(): ReactNode {
  return (
    <SampleFrame pictogram="home" title="Idle">
      <IdleDialog seconds={30} onStay={nothing} onEnd={nothing} />
    </SampleFrame>
  );
}

function Confirm(): ReactNode {
  const say = useSay();
  return (
    <SampleFrame pictogram="locker" title={say('储物柜', 'Lockers')}>
      <ConfirmDialog
        isOpen
        title={say('结束租用 12 号柜？', 'Finish with locker 12?')}
        text={say('结束后，这个码就不能再开门了。', 'This code will not open it any more.')}
        confirm={say('结束租用', 'Finish')}
        onConfirm={nothing}
        onCancel={nothing}
      />
    </SampleFrame>
  );
}
