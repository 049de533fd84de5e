package bench

import "strconv"

// The entities of the default catalog. Items are as JSON was decoded.

func projectEntity(p object, _ string) object {
	return object{
		"identifier": p["id"], "title": p["name"],
		"properties": object{
			"description": p["description"], "url": p["url"], "visibility": p["visibility"],
			"last_updated_time": p["lastUpdateTime"],
		},
	}
}

func repositoryEntity(r object, project string) object {
	return object{
		"identifier": r["id"], "title": r["name"],
		"properties": object{"url": r["url"], "default_branch": r["defaultBranch"], "is_disabled": r["isDisabled"]},
		"relations":  object{"project": project},
	}
}

func pipelineEntity(p object, project string) object {
	return object{
		"identifier": decimal(p["id"]), "title": p["name"],
		"properties": object{"url": p["url"], "revision": p["revision"]},
		"relations":  object{"project": project},
	}
}

func workItemEntity(w object, project string) object {
	fields, _ := w["fields"].(object)
	createdBy, _ := fields["System.CreatedBy"].(object)
	return object{
		"identifier": decimal(w["id"]), "title": fields["System.Title"],
		"properties": object{
			"url": w["url"], "revision": w["rev"], "type": fields["System.WorkItemType"], "state": fields["System.State"],
			"created_date": fields["System.CreatedDate"], "created_by": createdBy["displayName"],
			"updated_date": fields["System.ChangedDate"], "priority": fields["Microsoft.VSTS.Common.Priority"],
		},
		"relations": object{"project": project},
	}
}

func decimal(id any) string {
	n, _ := id.(float64)
	return strconv.FormatInt(int64(n), 10)
}
