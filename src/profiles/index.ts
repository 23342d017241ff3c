export { folderProfiles, folderShelf } from "./folder.ts";
export { profilesOn } from "./profiles.ts";
