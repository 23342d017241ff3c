#!/usr/bin/env node
// Starts Weir on a Node that can run it. Plain JavaScript that an old Node can read: Weir itself needs
// Node 24 (it strips types), and the project brings one along as the npm package "node".
import { spawn } from "child_process";
import { existsSync } from "fs";
import nodeModule from "module";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const nodeMajorNeeded = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const own = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

if (Number(process.versions.node.split(".")[0]) >= nodeMajorNeeded) start();
else if (existsSync(own)) restart();
else refuse("its own copy is not installed");

/** Compiled code is kept between starts: half a second less each time, for child processes too. */
function start() {
  const cache = process.env.NODE_COMPILE_CACHE || join(root, "node_modules", ".cache", "weir-compiled");
  if (!process.env.NODE_DISABLE_COMPILE_CACHE) {
    process.env.NODE_COMPILE_CACHE = cache;
    nodeModule.enableCompileCache(cache);
  }
  import("../src/cli/main.ts");
}

/** Hands everything over to the project's own Node and takes its end as our own. */
function restart() {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(own, args, { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.on("error", (error) => refuse(`its own copy does not start (${error.code || error.message})`));
  child.on("exit", (code, signal) => {
    for (const name of signals) process.removeListener(name, forward);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}

function refuse(why) {
  process.stderr.write(
    `Weir needs Node ${nodeMajorNeeded} or newer, this is ${process.versions.node}, and ${why}: ` +
      `run "npm ci" in ${root}, or install Node ${nodeMajorNeeded} from https://nodejs.org.\n`,
  );
  process.exitCode = 2;
}
