import { type Profile, WeirError } from "../core/index.ts";
import {
  type ProfileFiles,
  type ProfileHome,
  type ProfileShelf,
  type ProfileVersion,
  type Profiles,
  type Withdrawal,
  profileRef,
} from "../ports/index.ts";
import { examplesFile, toAudits, toExamples, toFiles, toLines, toProfile, toWithdrawals } from "./format.ts";
import { withoutDocument } from "./forget.ts";
import { checked, sealName, sealed, sealedTwice } from "./seal.ts";

/** Versions kept in memory: runs of earlier ones may still be at work. */
const loadedMax = 8;

/** Profiles on a shelf: what their files say, checked against their checksums whenever they are read. */
export function profilesOn(shelf: ProfileShelf): Profiles {
  const loaded = new Map<string, Profile>();
  const filesOf = async (at: ProfileVersion, wanted: (name: string) => boolean): Promise<ProfileFiles> => {
    const ref = profileRef(at);
    if (!(await shelf.has(at))) throw new WeirError("profile.unknown", `There is no profile ${ref}`);
    return await undamaged(ref, async () => await checked(async (file) => await shelf.read(at, file), wanted));
  };
  const withdrawalsOf = async (at: ProfileVersion) =>
    await undamaged(profileRef(at), async () => toWithdrawals(await shelf.notes(at, "withdrawn")));
  return {
    current: async (workflow, name) => {
      const home = homeOf(workflow, name);
      const version = await undamaged(name, async () => await shelf.current(home));
      return version === null ? null : profileRef({ name, version });
    },
    load: async (workflow, ref) => {
      const at = versionOf(workflow, ref);
      const key = `${workflow}/${ref}`;
      const known = loaded.get(key);
      if (known) return known;
      const files = await filesOf(at, (name) => name !== examplesFile);
      const profile = await undamaged(ref, async () => toProfile(files));
      const intended = profileRef(profile) === ref && profile.workflow.name === workflow;
      if (!intended) throw damaged(ref, new Error(`it holds ${profileRef(profile)} of ${profile.workflow.name}`));
      const [oldest] = loaded.keys();
      if (oldest !== undefined && loaded.size >= loadedMax) loaded.delete(oldest);
      loaded.set(key, profile);
      return profile;
    },
    examples: async (workflow, ref) => {
      const files = await filesOf(versionOf(workflow, ref), (name) => name === examplesFile);
      return await undamaged(ref, async () => toExamples(files));
    },
    save: async (profile, examples) => {
      const home = homeOf(profile.workflow.name, profile.name);
      const version = await shelf.add(home, (number) => sealed(toFiles({ ...profile, version: number }, examples)));
      return { ...profile, version };
    },
    list: async () => {
      const versions = await undamaged("in use", async () => await shelf.list());
      return versions.map((at) => ({ workflow: at.workflow, ref: profileRef(at) }));
    },
    forget: async (document) => {
      const forgotten: ProfileVersion[] = [];
      for (const at of await shelf.versions()) {
        const files = await filesOf(at, () => true);
        const after = await undamaged(profileRef(at), async () => withoutDocument(files, document));
        if (!after) continue;
        await rewrite(shelf, at, { ...files, ...after });
        loaded.delete(`${at.workflow}/${profileRef(at)}`);
        forgotten.push(at);
      }
      return forgotten.map((at) => ({ workflow: at.workflow, ref: profileRef(at) }));
    },
    withdrawals: async (workflow, ref) => await withdrawalsOf(versionOf(workflow, ref)),
    withdraw: async (workflow, ref, withdrawal) => {
      const at = versionOf(workflow, ref);
      if ((await withdrawalsOf(at)).some((one) => isSame(one, withdrawal))) return;
      await shelf.amend(at, "withdrawn", (notes) => withoutTwice(notes, withdrawal));
    },
    audits: async (workflow, ref) => {
      const at = versionOf(workflow, ref);
      return await undamaged(ref, async () => toAudits(await shelf.notes(at, "audits")));
    },
    recordAudits: async (workflow, ref, audited) => {
      const at = versionOf(workflow, ref);
      await shelf.amend(at, "audits", (notes) => {
        const newest = new Map([...toAudits(notes), ...audited].map((one) => [`${one.run} ${one.path}`, one]));
        return toLines([...newest.values()]);
      });
    },
  };
}

/** Whatever interrupts it, every file is as good as the list says. */
async function rewrite(shelf: ProfileShelf, at: ProfileVersion, files: ProfileFiles): Promise<void> {
  const before = (await shelf.read(at, sealName)) ?? "";
  await shelf.replace(at, sealName, sealedTwice(before, files));
  for (const [name, text] of Object.entries(files)) await shelf.replace(at, name, text);
  await shelf.replace(at, sealName, sealed(files)[sealName] ?? "");
}

/** Somebody else may have withdrawn the same meanwhile. */
function withoutTwice(notes: string, withdrawal: Withdrawal): string {
  const known = toWithdrawals(notes);
  return known.some((one) => isSame(one, withdrawal)) ? notes : toLines([...known, withdrawal]);
}

const isSame = (a: Withdrawal, b: Withdrawal) =>
  a.path === b.path && a.population === b.population && a.source === b.source;

async function undamaged<T>(ref: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What is wrong with the place they are kept in is not wrong with them.
    if (error instanceof WeirError) throw error;
    throw damaged(ref, error as Error);
  }
}

function damaged(ref: string, cause: Error): WeirError {
  return new WeirError("profile.damaged", `The profile ${ref} cannot be used: ${cause.message}`, { cause });
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

/** Names make folders, and a name from outside must not lead out of ours. */
function homeOf(workflow: string, name: string): ProfileHome {
  if (nameForm.test(workflow) && nameForm.test(name) && name !== "none") return { workflow, name };
  throw new WeirError("profile.unknown", `"${name}" is no name for a profile`, {
    hint: "Letters, digits and - make a name, 63 at most; `none` is taken: it means no profile.",
  });
}

function versionOf(workflow: string, ref: string): ProfileVersion {
  const [, name, version] = /^([^@]+)@([1-9]\d{0,8})$/.exec(ref) ?? [];
  if (name === undefined || version === undefined) {
    throw new WeirError("profile.unknown", `There is no profile "${ref}"`);
  }
  return { ...homeOf(workflow, name), version: Number(version) };
}
