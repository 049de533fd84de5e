package status

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
)

// TestPage: everything is on it, nothing in it acts, and it loads nothing.
func TestPage(t *testing.T) {
	t.Parallel()
	status, header, page := get(t, New(everything(t)), "text/html")
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{
		"<h1>Adoport – https://dev.azure.com/fabrikam</h1>", "instance default, version 1.2.3, as of <time",
		`<th scope="row">run-2</th><td><span class="mark bad">incomplete</span></td>`, "90 s ago", "95 s", "1195",
		"<summary>What run run-0 did</summary>\n<p>Its counts are not kept any more.</p>", "not pruned because",
		"no-resource: 1, test: 1, unneeded: 1", "401: 1, 413: 1", "2.5 s after it had happened",
		`<th scope="row">live</th><td class="number">2</td><td class="number">1</td>`,
		"refresh · work-item 7, project p", "· page 2 · of run run-3", "no route to host",
		"Enabled: 11, created then: 1, repaired then: 1.", "a backfill was begun of: work-item.", "onProbation",
		`<time datetime="2026-03-01T12:00:42Z">2026-03-01T12:00:42Z</time> <span class="ago">in 42 s</span>`,
		"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, forbidden := range []string{"<script", password, "someone", "secret title", "http-equiv", "<link", "<img", "url(", "@import", "src=", "href="} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page has %s in it", forbidden)
		}
	}
	if i := strings.IndexFunc(page, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
		t.Errorf("a character that acts: %q", page[i:i+20])
	}
	checkNesting(t, page)

	applied := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)[1]
	hash := sha256.Sum256([]byte(applied))
	policy := header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+"'") || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the style %x is not the one of the policy %s", hash, policy)
	}
}

// checkNesting finds elements that are not closed where they should be.
func checkNesting(t *testing.T, page string) {
	t.Helper()
	var open []string
	for _, m := range regexp.MustCompile(`<(/?)([a-z0-9]+)[^<>]*>`).FindAllStringSubmatch(page, -1) {
		name := m[2]
		switch {
		case name == "meta":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes %q", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %q", open)
	}
}

func TestEmptyPage(t *testing.T) {
	t.Parallel()
	o := Options{Credentials: everything(t).Credentials, Events: NewRecorder()}
	_, _, page := get(t, New(o), "text/html")
	for _, want := range []string{"Nothing. All is well", "None yet.", "No event has come yet.", "No service asks us to wait."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	checkNesting(t, page)
}

func TestRelative(t *testing.T) {
	t.Parallel()
	for ago, want := range map[time.Duration]string{
		0: "now", 999 * time.Millisecond: "now", -999 * time.Millisecond: "now",
		2500 * time.Millisecond: "2.5 s ago", 42 * time.Second: "42 s ago", -42 * time.Second: "in 42 s",
		119 * time.Second: "119 s ago", 2 * time.Minute: "2 min ago", 119 * time.Minute: "119 min ago",
		2*time.Hour + 5*time.Minute: "2 h 5 min ago", -47 * time.Hour: "in 47 h 0 min", 48 * time.Hour: "2 days ago",
	} {
		if got := relative(noon.Add(-ago), noon); got != want {
			t.Errorf("%s ago: %q, want %q", ago, got, want)
		}
	}
}
