package azurestorage

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/queue/queuetest"
	"adoport/shared/storageaccount"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	queuetest.Run(t, func(t *testing.T) queuetest.Subject {
		// Not more are poisoned than the service shows.
		return queuetest.Subject{Inbox: onAzurite(t, newName(), patient()), Advance: time.Sleep, Tasks: 4 * most}
	})
}

// TestTwoInstances: what one process sends, another receives, by looking.
func TestTwoInstances(t *testing.T) {
	t.Parallel()
	name := newName()
	one, other := onAzurite(t, name, patient()), onAzurite(t, name, patient())
	waits := make(chan ingest.Delivery)
	go func() {
		deliveries, err := other.Receive(t.Context(), 1, 10*time.Minute)
		if err != nil || len(deliveries) != 1 {
			t.Errorf("Receive = %+v, %v; want one delivery", deliveries, err)
			close(waits)
			return
		}
		waits <- deliveries[0]
	}()
	send(t, one, 1)
	d := <-waits
	if err := other.Done(t.Context(), d); err != nil {
		t.Error(err)
	}
	if err := one.Done(t.Context(), d); !errors.Is(err, ingest.ErrLost) {
		t.Errorf("Done of what the other has done = %v; want ErrLost", err)
	}
}

// TestManyCreators: whoever needs the queues first creates them, and all can.
func TestManyCreators(t *testing.T) {
	t.Parallel()
	name := newName()
	const n = 8
	var all sync.WaitGroup
	for page := range n {
		all.Go(func() {
			q := onAzurite(t, name, patient())
			if err := q.Send(t.Context(), 0, task(page)); err != nil {
				t.Error(err)
			}
			if _, err := q.Poisoned(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	expectCounts(t, onAzurite(t, name, patient()), n, 0)
}

// TestPing creates what is missing, and leaves what is there.
func TestPing(t *testing.T) {
	t.Parallel()
	q := onAzurite(t, newName(), patient())
	for _, r := range []*remote{q.live, q.poison} {
		if _, err := r.client.GetProperties(t.Context(), nil); err == nil {
			t.Fatalf("%s is there before the test", r.name)
		}
	}
	for range 2 {
		if err := q.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, r := range []*remote{q.live, q.poison} {
			if _, err := r.client.GetProperties(t.Context(), nil); err != nil {
				t.Errorf("after Ping: %v", err)
			}
		}
		send(t, q, 1)
	}
	expectCounts(t, q, 2, 0)
}

func TestNames(t *testing.T) {
	t.Parallel()
	account, err := storageaccount.FromConnectionString("UseDevelopmentStorage=true")
	if err != nil {
		t.Fatal(err)
	}
	for name, valid := range map[string]bool{
		"adoport-live": true, "abc": true, "0-1": true, strings.Repeat("q", 56): true,
		"": false, "ab": false, "-ab": false, "ab-": false, "a--b": false, "Live": false, "a_b": false, "a/b": false, "a.b": false,
		"ünï": false, "a b": false, strings.Repeat("q", 57): false,
	} {
		q, err := New(account, name, Options{})
		if (err == nil) != valid || (q != nil) != valid {
			t.Errorf("New(%q) = %v, %v; want valid %t", name, q, err, valid)
		}
	}
}

// TestAccounts: New sends nothing, so it refuses only what cannot be opened, and
// does not repeat it.
func TestAccounts(t *testing.T) {
	t.Parallel()
	const secret = "c2VjcmV0"
	for name, tt := range map[string]struct {
		account storageaccount.Account
		err     string
	}{
		"a key":         {storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + secret}, ""},
		"an identity":   {storageaccount.Account{Queues: "https://a.queue.core.windows.net", Credential: identity{}}, ""},
		"nothing":       {storageaccount.Account{}, "neither a connection string"},
		"no credential": {storageaccount.Account{Queues: "https://a.queue.core.windows.net"}, "neither a connection string"},
		"no endpoint":   {storageaccount.Account{Credential: identity{}}, "neither a connection string"},
		"a cut key":     {storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=!" + secret}, "base64"},
		"no name":       {storageaccount.Account{ConnectionString: "AccountKey=" + secret}, "AccountName"},
		"not a URL":     {storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + secret + ";QueueEndpoint=://" + secret}, "not valid"},
		"no host":       {storageaccount.Account{ConnectionString: "AccountName=a;AccountKey=" + secret + ";QueueEndpoint=" + secret}, "not valid"},
	} {
		_, err := New(tt.account, "live", Options{})
		if tt.err == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: error %v; want one with %q and without the secret", name, err, tt.err)
		}
	}
}
