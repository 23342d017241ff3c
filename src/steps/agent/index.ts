export {
  askCloud,
  askCustomer,
  askPerson,
  type Compose,
  finish,
  lookUp,
  type PersonOptions,
  readAgain,
} from "./builtin.ts";
export type { Pointed } from "./candidates.ts";
export { type Tool, type ToolCall, type ToolResult, type Wish, tool } from "./tool.ts";
export { tools } from "./toolbox.ts";
export type { AgentView, CallResult } from "./view.ts";
