export { type FolderOptions, type SavePoint, folderProfiles } from "./folder.ts";
