# Reads the log of `go test -v` of many packages, and of the commands around it,
# and prints what failed: of each package the lines of the tests that failed or
# did not end, its races and panics, and what else it said; then the names. It is
# short enough for the end of a log, and has no lines of tests that passed.
#
# An indented line is a test's: of the one that the last "=== RUN", "=== CONT" or
# "=== NAME" named. Any other may be of any test.

BEGIN {
	most = 150 # lines in all, without the names
	limit["race"] = 50; limit["panic"] = 60; limit["said"] = 40; limit["test"] = 40
}

# keep puts a line into a section of its package: "test X", "race", "panic" or
# "said".
function keep(section) {
	if (!(section in size)) sections[++sectionCount] = section
	text[section, ++size[section]] = $0
}

# forget drops what was kept: the package passed, or was told.
function forget() {
	sectionCount = testCount = 0
	test = block = shuffle = ""
	split("", size); split("", state); split("", title)
}

function write(line) { if (++written <= most) print substr(line, 1, 500) }

# show prints a section. Of one that is too long the middle is left out; of a
# panic, which has its cause first, the end.
function show(section, kind,   i, head) {
	head = kind == "panic" ? limit[kind] : limit[kind] / 2
	for (i = 1; i <= size[section]; i++) {
		if (size[section] > limit[kind] && i > head && i <= size[section] - (limit[kind] - head)) {
			if (i == head + 1) write("    ... " (size[section] - limit[kind]) " lines are left out ...")
			continue
		}
		write(text[section, i])
	}
}

# tell prints what there is of a package that failed.
function tell(   i) {
	for (i = 1; i <= testCount; i++)
		if (state[tests[i]] != "passed" && state[tests[i]] != "paused") {
			write(state[tests[i]] == "failed" ? title[tests[i]] : "--- did not end: " tests[i])
			show("test " tests[i], "test")
		}
	show("race", "race"); show("panic", "panic"); show("said", "said")
}

# What the compiler and vet say begins with the package, and may come between the
# lines of others.
/^# [a-zA-Z0-9_.\/-]+( \[[^]]*\])?$/ { tool = 1 }
tool && /^(=== |--- |ok  |FAIL|PASS|make|go |\?|-test\.shuffle)/ { tool = 0 }
tool { write($0); next }

/^go test / { forget(); next }
/^(ok  |\?   )/ { forget(); next }
/^FAIL\t/ {
	write("== " $0 (shuffle ? " (" shuffle ")" : ""))
	tell()
	names[++nameCount] = $2 ($3 ~ /^\[/ ? " " $3 " " $4 : "")
	for (i = 1; i <= testCount; i++) {
		if (state[tests[i]] == "failed") names[++nameCount] = "    " tests[i]
		if (state[tests[i]] == "running") names[++nameCount] = "    " tests[i] " (did not end)"
	}
	forget()
	next
}
/^-test\.shuffle / { shuffle = $0; next }
/^=+$/ { if (block == "race") block = ""; next }
/^(PASS|FAIL|exit status [0-9]+)$/ { test = ""; next }

/^(panic: |fatal error: |SIGQUIT|\*\*\* Test killed)/ { block = "panic" }
/^WARNING: DATA RACE/ && block == "" { block = "race" }
block == "panic" { keep(block); next }

/^=== / {
	test = $3
	if ($2 == "RUN") tests[++testCount] = test
	if ($2 != "NAME") state[test] = $2 == "PAUSE" ? "paused" : "running"
	next
}
/^ *--- (PASS|SKIP|FAIL): / {
	state[$3] = $2 == "FAIL:" ? "failed" : "passed"
	title[$3] = $0
	test = ""
	next
}
{ keep(block != "" ? block : test != "" && /^    / ? "test " test : "said") }

END {
	if (!nameCount) tell()
	if (written > most) print "... " (written - most) " more lines are left out ..."
	if (nameCount) print "== failed"
	for (i = 1; i <= nameCount && i <= 40; i++) print names[i]
	if (nameCount > 40) print "... and " (nameCount - 40) " more"
}
