import type { ReactNode } from 'react';
import { create } from 'qrcode';
import './qr.css';

/** A QR as crisp SVG, dark on light with its quiet zone of four modules. */
export function QrFigure({ text, label }: { text: string; label: string }): ReactNode {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1)
      if (modules.get(y, x) === 1) path += `M${String(x)} ${String(y)}h1v1h-1z`;
  return (
    <svg
      className="qr"
      viewBox={`-4 -4 ${String(size + 8)} ${String(size + 8)}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect x="-4" y="-4" width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
