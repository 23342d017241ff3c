import { plain } from "./render/text.ts";

/** A line that says what is going on, on standard error, rewritten in place; silent where that is no terminal. */
export interface Progress {
  update(text: string): void;
  /** Removes the line. */
  clear(): void;
}

export interface ProgressTarget {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
const wipe = "\r\u001b[2K";

export function progressOn(target: ProgressTarget): Progress {
  if (target.isTTY !== true) return { update: () => {}, clear: () => {} };
  let text = "";
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    const room = (target.columns ?? 80) - 3;
    target.write(`${wipe}${frames[frame++ % frames.length]} ${plain(text).slice(0, room)}`);
  };
  return {
    update: (now) => {
      text = now;
      if (timer) return;
      draw();
      timer = setInterval(draw, frameMs);
      timer.unref();
    },
    clear: () => {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      target.write(wipe);
    },
  };
}
