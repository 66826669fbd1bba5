/** What a person does: one entry a sign, in the 48-unit grid of Pictogram. */
export const ACTION_SHAPES = {
  home: (
    <>
      <path d="M4 24 24 7l20 17" />
      <path d="M10 20v21h28V20" />
      <path d="M20 41V29h8v12" />
    </>
  ),
  back: <path d="M43 24H8M22 9 7 24l15 15" />,
  'check-in': (
    <>
      <path d="M6 16V6h10M32 6h10v10M42 32v10H32M16 42H6V32" />
      <path d="m14 24 8 8 13-15" />
    </>
  ),
  scan: (
    <>
      <path d="M6 15V6h9M33 6h9v9M42 33v9h-9M15 42H6v-9" />
      <path className="f" d="M13 13h9v9h-9zM26 13h9v9h-9zM13 26h9v9h-9zM26 26h4v4h-4zM31 31h4v4h-4z" />
    </>
  ),
  route: (
    <>
      <circle className="f" cx="11" cy="39" r="5" />
      <path d="M11 36V25c0-6 4-9 9-9h20M30 5l11 11-11 11" />
    </>
  ),
  service: (
    <>
      <path d="M9 5h19l11 11v27H9z" />
      <path d="M27 5v12h12" />
      <path d="M16 26h16M16 34h16" />
    </>
  ),
  locker: (
    <>
      <path d="M8 5h32v35H8z" />
      <path d="M13 40v5M35 40v5" />
      <path className="f" d="M13 10h9v7h-9zM26 10h9v7h-9zM13 20h9v6h-9zM26 29h9v6h-9z" />
    </>
  ),
  court: (
    <>
      <path d="M4 9h40v30H4z" />
      <path d="M24 9v7M24 32v7" />
      <circle cx="24" cy="24" r="6" />
      <path d="M4 17h7v14H4M44 17h-7v14h7" />
    </>
  ),
  queue: (
    <>
      <path d="M5 11h38v8a5 5 0 0 0 0 10v8H5v-8a5 5 0 0 0 0-10z" />
      <path d="M14 20h11M14 28h7" />
      <path className="f" d="M30 14h4v4h-4zM30 22h4v4h-4zM30 30h4v4h-4z" />
    </>
  ),
  ask: (
    <>
      <path d="M5 6h38v29H24l-9 8v-8H5z" />
      <path d="M19 16.5c0-6 10-6 10 0 0 3.5-5 3.5-5 7.5" />
      <path className="f" d="M22 27h4v4h-4z" />
    </>
  ),
  'call-staff': (
    <>
      <circle cx="18" cy="15" r="8" />
      <path d="M4 43v-3c0-8 6-12 14-12s14 4 14 12v3" />
      <path d="M31 9c3 3.5 3 9.5 0 13M38 5c5 6 5 15 0 21" />
    </>
  ),
  exit: (
    <>
      <path d="M27 6H8v36h19M27 6v8M27 42v-8" />
      <path d="M18 24h24M33 14l10 10-10 10" />
    </>
  ),
  speaker: (
    <>
      <path d="M5 17v14h8l11 9V8l-11 9z" />
      <path d="M31 16c4 4 4 12 0 16M37 10c8 8 8 20 0 28" />
    </>
  ),
  'speaker-stop': (
    <>
      <path d="M5 17v14h8l11 9V8l-11 9z" />
      <path d="m31 18 12 12M43 18 31 30" />
    </>
  ),
  'text-size': (
    <>
      <path d="M3 41 15 9l12 32M7.5 31h15" />
      <path d="m29 41 7.5-19L44 41M32 35h9" />
    </>
  ),
  'low-reach': (
    <>
      <path d="M11 4h26v40H11z" />
      <path className="f" d="M13 31h22v11H13z" />
      <path d="M24 9v13M17 17l7 7 7-7" />
    </>
  ),
  contrast: (
    <>
      <circle cx="24" cy="24" r="19" />
      <path className="f" d="M24 5v38a19 19 0 0 0 0-38z" />
    </>
  ),
  'door-open': (
    <>
      <path d="M8 5h32v38H8z" />
      <path className="f" d="M22 13 40 5v38l-18-7z" />
    </>
  ),
  'hand-hold': (
    <>
      <path d="M12 22a12 12 0 1 1 23-4" />
      <path d="M20 30V15a3.5 3.5 0 0 1 7 0v11l12 4v9l-2 6H21L11 33l4-3z" />
    </>
  ),
  print: (
    <>
      <path d="M13 17V5h22v12" />
      <path d="M13 36H5V17h38v19h-8" />
      <path d="M13 28h22v15H13z" />
    </>
  ),
  phone: (
    <>
      <path d="M12 4h24v40H12z" />
      <path d="M20 37h8" />
    </>
  ),
  undo: <path d="M18 5 6 17l12 12M7 17h22c8 0 13 5 13 12s-5 12-13 12H14" />,
  backspace: (
    <>
      <path d="M16 9h28v30H16L4 24z" />
      <path d="m22 18 12 12M34 18 22 30" />
    </>
  ),
  pencil: (
    <>
      <path d="m6 42 3-12L33 6l9 9-24 24z" />
      <path d="m27 12 9 9" />
    </>
  ),
  search: (
    <>
      <circle cx="20" cy="20" r="14" />
      <path d="m30 30 14 14" />
    </>
  ),
  plus: <path d="M24 6v36M6 24h36" />,
  minus: <path d="M6 24h36" />,
  close: <path d="m9 9 30 30M39 9 9 39" />,
  check: <path d="m6 25 12 12L42 10" />,
  repeat: <path d="M40 24a16 16 0 1 1-5-12M36 3v11H25" />,
  microphone: (
    <>
      <path d="M18 5h12v22H18z" />
      <path d="M10 22v4c0 6 5 10 14 10s14-4 14-10v-4M24 36v9" />
    </>
  ),
  'arrow-straight': <path d="M24 45V7M9 21 24 6l15 15" />,
  'arrow-up': <path d="M24 44V7M9 21 24 6l15 15" />,
  'arrow-down': <path d="M24 4v37M9 27l15 15 15-15" />,
  'arrow-left': <path d="M44 24H7M21 9 6 24l15 15" />,
  'arrow-right': <path d="M4 24h37M27 9l15 15-15 15" />,
  'turn-left': <path d="M38 45V26c0-6-4-9-9-9H8M19 5 7 17l12 12" />,
  'turn-right': <path d="M10 45V26c0-6 4-9 9-9h21M29 5l12 12-12 12" />,
} as const;
