// Starts Azurite, and ends with whoever started it: a process that is killed
// closes its end of standard input.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
require("azurite/dist/src/azurite.js");
