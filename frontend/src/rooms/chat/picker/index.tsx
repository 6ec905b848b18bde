import { type ComponentProps, lazy, Suspense } from "react";

const Picker = lazy(() => import("./ModelPicker").then(({ ModelPicker }) => ({ default: ModelPicker })));

/** The picker comes with its first opening. */
export function ModelPicker(props: ComponentProps<typeof Picker>) {
  return (
    <Suspense>
      <Picker {...props} />
    </Suspense>
  );
}
