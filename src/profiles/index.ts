export { folderProfiles } from "./folder.ts";
