/** Where a person goes: one entry a sign, in the 48-unit grid of Pictogram. */
export const PLACE_SHAPES = {
  lift: (
    <>
      <path d="M5 5h38v38H5zM24 5v38" />
      <path className="f" d="m14.5 16 5.5 8h-11zM33.5 32 28 24h11z" />
    </>
  ),
  stairs: <path d="M4 42h10V32h10V22h10V12h10" />,
  pin: (
    <>
      <path d="M24 45C15 33 9 26 9 19a15 15 0 0 1 30 0c0 7-6 14-15 26z" />
      <circle className="f" cx="24" cy="19" r="5.5" />
    </>
  ),
  here: (
    <>
      <circle cx="24" cy="24" r="19" />
      <circle className="f" cx="24" cy="24" r="9" />
    </>
  ),
  dot: <circle className="f" cx="24" cy="24" r="15" />,
  heading: <path className="f" d="m24 4 15 39-15-9-15 9z" />,
  toilet: (
    <>
      <circle className="f" cx="12" cy="8" r="5" />
      <circle className="f" cx="36" cy="8" r="5" />
      <path d="M24 3v42" strokeWidth="2" />
      <path className="f" d="M5 15h14v16h-2.500v14h-9V31H5zM33 15h6l5 19h-4v11h-8V34h-4z" />
    </>
  ),
  water: (
    <>
      <path d="M24 4c8 11 13 17 13 25a13 13 0 0 1-26 0C11 21 16 15 24 4z" />
      <path d="M18 29c0 4 2.5 6 6 6" />
    </>
  ),
  accessible: (
    <>
      <circle className="f" cx="19" cy="6.5" r="4.5" />
      <path d="M19 13v15h14l6 13h5" />
      <path d="M19 19h12" />
      <path d="M14 24a11 11 0 1 0 15 15" />
    </>
  ),
  counter: (
    <>
      <circle className="f" cx="24" cy="9" r="6" />
      <path d="M13 28v-2c0-5 4-8 11-8s11 3 11 8v2" />
      <path d="M3 30h42M8 30v14M40 30v14" />
    </>
  ),
  gym: (
    <>
      <path d="M14 24h20" />
      <path className="f" d="M9 10h7v28H9zM32 10h7v28h-7zM3 17h4v14H3zM41 17h4v14h-4z" />
    </>
  ),
  people: (
    <>
      <circle cx="17" cy="15" r="7" />
      <path d="M4 41v-3c0-7 5-11 13-11s13 4 13 11v3" />
      <path d="M30 8.500a7 7 0 0 1 0 13M34 28c6 1.5 10 5 10 10v3" />
    </>
  ),
  person: (
    <>
      <circle cx="24" cy="14" r="9" />
      <path d="M7 44v-3c0-9 7-13 17-13s17 4 17 13v3" />
    </>
  ),
  room: (
    <>
      <path d="M11 44V5h26v39M3 44h42" />
      <path className="f" d="M28 22h5v5h-5z" />
    </>
  ),
  book: (
    <>
      <path d="M24 12v31M4 8h13c4 0 7 2 7 5 0-3 3-5 7-5h13v30H31c-4 0-7 2-7 5 0-3-3-5-7-5H4z" />
    </>
  ),
  calendar: (
    <>
      <path d="M6 10h36v33H6zM6 20h36" />
      <path d="M15 4v10M33 4v10" />
      <path className="f" d="M13 26h6v5h-6zM21 26h6v5h-6zM29 26h6v5h-6zM13 34h6v5h-6zM21 34h6v5h-6z" />
    </>
  ),
  activity: (
    <>
      <circle className="f" cx="28" cy="7" r="5" />
      <path d="M10 20l12-5 8 8 10-3M22 15l-4 15 10 5v10M17 30 8 43" />
    </>
  ),
} as const;
