export { renderReport, type ReportInput } from "./html.ts";
