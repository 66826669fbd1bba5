/** How things stand: one entry a sign, in the 48-unit grid of Pictogram. */
export const STATE_SHAPES = {
  ok: (
    <>
      <path
        className="f"
        fillRule="evenodd"
        d="M24 2a22 22 0 1 1 0 44 22 22 0 0 1 0-44zM10.5 25.200l9.6 9.600L37.6 17l-3.3-3.200L20.1 28.300l-6.3-6.300z"
      />
    </>
  ),
  free: <circle cx="24" cy="24" r="18" strokeWidth="6" />,
  full: <path className="f" fillRule="evenodd" d="M5 5h38v38H5zM13 21v6h22v-6z" />,
  warning: <path className="f" fillRule="evenodd" d="M24 3 47 44H1zM21.5 18v13h5V18zM21.5 34v5h5v-5z" />,
  refused: (
    <path
      className="f"
      fillRule="evenodd"
      d="M4 4h40v40H4zM13 16.3 20.7 24 13 31.700l3.3 3.3 7.7-7.7 7.7 7.7 3.3-3.3-7.7-7.7 7.7-7.7-3.3-3.3-7.7 7.7-7.7-7.700z"
    />
  ),
  unknown: (
    <>
      <circle cx="24" cy="24" r="19" strokeDasharray="9 5.9" />
      <path d="M19 19c0-6.5 10-6.5 10 0 0 4-5 4-5 8.5" />
      <path className="f" d="M22 31h4v4h-4z" />
    </>
  ),
  info: (
    <>
      <circle cx="24" cy="24" r="19" />
      <path d="M24 21v14" />
      <path className="f" d="M22 12h4v5h-4z" />
    </>
  ),
  clock: (
    <>
      <circle cx="24" cy="24" r="19" />
      <path d="M24 11v14l9 6" />
    </>
  ),
  wifi: (
    <>
      <path d="M4 19c11-11 29-11 40 0M11 27c7.5-7 18.5-7 26 0" />
      <circle className="f" cx="24" cy="37" r="5" />
    </>
  ),
  'wifi-off': (
    <>
      <path d="M4 19c4-4 9-6.5 14-7.600M32 12.200c4.5 1.3 8.5 3.6 12 6.800M11 27c3-2.8 6.5-4.4 10-5" />
      <circle className="f" cx="24" cy="37" r="5" />
      <path d="M40 41 10 5" />
    </>
  ),
  paper: (
    <>
      <path d="M4 8h40v10H4z" />
      <path d="M11 18v26l4.3-4 4.3 4 4.4-4 4.3 4 4.3-4 4.4 4V18M18 26h12" />
    </>
  ),
  sensor: (
    <>
      <circle className="f" cx="24" cy="24" r="5" />
      <path d="M15 15a13 13 0 0 0 0 18M33 15a13 13 0 0 1 0 18M8 8a22.5 22.5 0 0 0 0 32M40 8a22.5 22.5 0 0 1 0 32" />
    </>
  ),
  cloud: <path d="M13 39a9 9 0 0 1-1-18 12.5 12.5 0 0 1 24-2 10 10 0 0 1 0 20z" />,
  lock: (
    <>
      <path d="M8 21h32v23H8zM15 21v-6a9 9 0 0 1 18 0v6" />
      <path d="M24 29v8" />
    </>
  ),
  bell: (
    <>
      <path d="M4 37h40M10 37V23a14 14 0 0 1 28 0v14M24 9V4" />
      <path d="M19 43h10" />
    </>
  ),
} as const;
