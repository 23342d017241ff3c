export { createReader, type OwnReader, type PictureOptions } from "./reader.ts";
