package azuredevops

import (
	"strings"
	"time"
)

// endOfTime is the RevisedDate of every newest revision.
var endOfTime = time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)

func pick(it *item, purpose int, values []string) any {
	return values[it.draw.draw(purpose, len(values))]
}

// orNothing returns v if it is there, else the nil that means an empty field.
func orNothing(there bool, v any) any {
	if !there {
		return nil
	}
	return v
}

func emptyIsNothing(s string) any { return orNothing(s != "", s) }

func baseAssignee(it *item) any { return orNothing(it.draw.draw(24, 4) > 0, it.someone(12)) }

// baseCreator is, in nasty data, now and then a plain string as older versions
// of the API give it.
func baseCreator(it *item) any {
	p := it.someone(13)
	if it.server.options.Nasty && it.draw.draw(25, 25) == 0 {
		return p.displayName + " <" + p.uniqueName + ">"
	}
	return p
}

func baseTitle(it *item) any {
	if it.server.options.Nasty && it.draw.draw(26, 2) == 0 {
		return nastyTitles[it.draw.draw(27, len(nastyTitles))]
	}
	return titleStarts[it.draw.draw(28, len(titleStarts))] + " " + titleEnds[it.draw.draw(29, len(titleEnds))]
}

func baseDescription(it *item) any {
	switch n := it.draw.draw(30, 100); {
	case n < 20:
		return nil
	case n == 20 && it.server.options.Nasty:
		return longDescription
	case n < 60:
		return descriptionText
	default:
		return strings.Repeat(descriptionText, 2)
	}
}
