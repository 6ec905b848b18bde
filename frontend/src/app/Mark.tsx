/** The mark: a piece of stone with the vein through it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true">
      <path d="M8 2h13l5 7-2 14-9 3L4 23 2 10z" fill="var(--ink)" />
      <path
        d="M5.5 24 11 16.500l3 1.200 3.500-7.200 3 .8L24 5.500"
        fill="none"
        stroke="var(--vein-ore)"
        strokeWidth="2.2"
        strokeLinejoin="round"
      />
    </svg>
  );
}
