// Takes back what the install leaves out: the prebuilt binaries for a graphics card (package.json
// overrides them with empty packages, they are 0.1-0.6 GB).   npm run gpu -- cuda | vulkan
import { execFileSync } from "child_process";
import { mkdtempSync, readFileSync, rmSync } from "fs";
import { tmpdir } from "os";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const packages = {
  "linux-x64": { cuda: ["linux-x64-cuda", "linux-x64-cuda-ext"], vulkan: ["linux-x64-vulkan"] },
  "win32-x64": { cuda: ["win-x64-cuda", "win-x64-cuda-ext"], vulkan: ["win-x64-vulkan"] },
};

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules");
const here = packages[`${process.platform}-${process.arch}`];
const wanted = here && here[process.argv[2]];

if (!wanted) {
  process.stderr.write(
    `Write npm run gpu -- ${here ? Object.keys(here).join(" or ") : "(no GPU packages for this platform)"}\n`,
  );
  process.exitCode = 2;
} else {
  const { version } = JSON.parse(readFileSync(join(modules, "node-llama-cpp", "package.json"), "utf8"));
  for (const name of wanted) install(`@node-llama-cpp/${name}`, version);
}

/** `npm install` refuses packages that are overridden: the archive is fetched and unpacked in their place. */
function install(name, version) {
  const scratch = mkdtempSync(join(tmpdir(), "weir-gpu-"));
  try {
    const options = { cwd: scratch, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
    const packed = execFileSync("npm", ["pack", "--json", `${name}@${version}`], {
      ...options,
      shell: process.platform === "win32",
    });
    const [{ filename }] = JSON.parse(packed);
    execFileSync("tar", ["-xzf", filename, "--strip-components=1", "-C", join(modules, name)], options);
    process.stderr.write(`${name} ${version} is installed.\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
