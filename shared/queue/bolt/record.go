package bolt

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/versioned"
)

// recordVersion is the first byte of every record.
const recordVersion = 1

// headerSize is that of an entry's record before its task: the version, whether
// it is being worked on, and the tries that were spent in 4 bytes.
const headerSize = 6

// entry is a task that waits or is being worked on. Its record is binary up to
// the task, so that moving a task needs no JSON.
type entry struct {
	inFlight bool
	// spent counts the tries that were spent.
	spent uint32
	// task is JSON.
	task []byte
}

// encode returns the entry's record.
func (e entry) encode() []byte {
	record := make([]byte, headerSize, headerSize+len(e.task))
	record[0] = recordVersion
	if e.inFlight {
		record[1] = 1
	}
	binary.BigEndian.PutUint32(record[2:], e.spent)
	return append(record, e.task...)
}

// decodeEntry reads the record of an entry. It shares no memory with it.
func decodeEntry(record []byte) (entry, error) {
	body, err := versioned.Body(recordVersion, record)
	if err != nil {
		return entry{}, err
	}
	if len(record) < headerSize || body[0] > 1 {
		return entry{}, errors.New("the record's head is damaged")
	}
	return entry{inFlight: body[0] == 1, spent: binary.BigEndian.Uint32(body[1:]), task: slices.Clone(record[headerSize:])}, nil
}

// decodeTask reads the record of an entry and its task.
func decodeTask(record []byte) (entry, ingest.Task, error) {
	e, err := decodeEntry(record)
	if err != nil {
		return entry{}, ingest.Task{}, err
	}
	t, err := ingest.DecodeTask(e.task)
	return e, t, err
}

// encodeTasks returns the records of tasks with fresh tries.
func encodeTasks(tasks []ingest.Task) ([][]byte, error) {
	records := make([][]byte, len(tasks))
	for i, t := range tasks {
		text, err := json.Marshal(t)
		if err != nil {
			return nil, fmt.Errorf("encoding a task: %w", err)
		}
		records[i] = entry{task: text}.encode()
	}
	return records, nil
}

// poison is a task that was set aside. Its record is JSON after the version.
type poison struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	// Entry is the record of the task's entry as it was. It may be one that
	// could not be read.
	Entry []byte `json:"entry"`
}

// decodePoison reads what was set aside, for people: what cannot be read is
// listed with why. Nothing may be hidden.
func decodePoison(record []byte) ingest.Poisoned {
	var p poison
	if err := versioned.Decode(recordVersion, record, &p); err != nil {
		return ingest.Poisoned{Reason: "this poisoned task cannot be read: " + err.Error()}
	}
	// The reason says it already if the task cannot be read.
	_, t, _ := decodeTask(p.Entry)
	return ingest.Poisoned{Task: t, Reason: p.Reason, At: p.At}
}
