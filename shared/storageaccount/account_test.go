package storageaccount_test

import (
	"strings"
	"testing"

	"adoport/shared/storageaccount"
)

func TestFromConnectionString(t *testing.T) {
	t.Parallel()
	const key = "c2VjcmV0"
	tests := map[string]struct{ in, want, err string }{
		"a key":         {in: "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + key, want: "AccountName=a"},
		"the emulator":  {in: "usedevelopmentstorage=True;", want: "http://127.0.0.1:10001/devstoreaccount1"},
		"no key":        {in: "AccountName=a;EndpointSuffix=core.windows.net", err: "lacks AccountName or AccountKey"},
		"no equals":     {in: key, err: "a part without ="},
		"a signature":   {in: "QueueEndpoint=https://a;SharedAccessSignature=sig=" + key, err: "shared access signature"},
		"empty":         {in: "", err: "lacks AccountName"},
		"not emulated":  {in: "UseDevelopmentStorage=false", err: "lacks AccountName"},
		"spaces around": {in: " AccountName=a ; AccountKey= " + key + "== ", want: "AccountName=a;AccountKey=" + key + "==;"},
		"another case":  {in: "accountkey=" + key + ";ACCOUNTNAME=a;queueendpoint=https://q", want: "AccountName=a;AccountKey=" + key + ";QueueEndpoint=https://q;"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := storageaccount.FromConnectionString(tt.in)
			if tt.err == "" {
				if err != nil || !strings.Contains(a.ConnectionString, tt.want) {
					t.Fatalf("%q, %v; want it to contain %q", a.ConnectionString, err, tt.want)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), key) {
				t.Errorf("error %q, want %q and no secret", err, tt.err)
			}
		})
	}
}

func TestFromIdentity(t *testing.T) {
	t.Parallel()
	a, err := storageaccount.FromIdentity("fabrikam", "", "https://tables.example/", nil)
	if err != nil || a.Queues != "https://fabrikam.queue.core.windows.net" || a.Tables != "https://tables.example" {
		t.Errorf("%+v, %v", a, err)
	}
	for name, in := range map[string][3]string{
		"a wrong name":  {"Fabrikam.io", "", ""},
		"no name":       {"", "https://queues.example", ""},
		"http":          {"fabrikam", "http://queues.example", ""},
		"a SAS":         {"fabrikam", "https://queues.example?sig=1", ""},
		"not a URL":     {"fabrikam", "", "://"},
		"a user":        {"fabrikam", "", "https://u:p@tables.example"},
		"nothing given": {"", "", ""},
	} {
		if _, err := storageaccount.FromIdentity(in[0], in[1], in[2], nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
