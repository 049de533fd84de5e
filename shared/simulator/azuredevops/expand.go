package azuredevops

import "strings"

// extras is what an answer has beside the fields.
type extras struct {
	relations, links bool
}

// parseExpand reads a $expand: none, relations, fields, links or all.
func parseExpand(text string) (extras, *reply) {
	switch strings.ToLower(text) {
	case "", "none", "fields":
		return extras{}, nil
	case "relations":
		return extras{relations: true}, nil
	case "links":
		return extras{links: true}, nil
	case "all":
		return extras{relations: true, links: true}, nil
	}
	a := invalid("The value of $expand is not valid: %s", text)
	return extras{}, &a
}

func (it *item) appendExtras(b []byte, base string, e extras) []byte {
	if parent, ok := it.parent(); e.relations && ok {
		b = append(b, `,"relations":`...)
		b = append(b, mustEncode([]object{{
			"rel":        "System.LinkTypes.Hierarchy-Reverse",
			"url":        parent.url(base),
			"attributes": object{"isLocked": false, "name": "Parent"},
		}})...)
	}
	if e.links {
		self := it.url(base)
		b = append(b, `,"_links":`...)
		b = append(b, mustEncode(object{
			"self":              link(self),
			"workItemUpdates":   link(self + "/updates"),
			"workItemRevisions": link(self + "/revisions"),
			"workItemComments":  link(self + "/comments"),
			"project":           link(it.project.url(base)),
		})...)
	}
	return b
}

// parent returns the work item above it: a third of the base ones have one.
func (it *item) parent() (item, bool) {
	if it.id > it.server.baseCount() || it.draw.draw(31, 3) > 0 {
		return item{}, false
	}
	parent, ok := it.server.item(it.id - len(it.server.base))
	return parent, ok && parent.project == it.project
}
