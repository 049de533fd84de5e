package azuredevops

import "net/http"

// getConnectionData says who the caller is: the cheapest check of credentials.
func (s *Server) getConnectionData(*call) reply {
	me := s.people[0]
	user := object{
		"id":                  me.id,
		"descriptor":          "Microsoft.IdentityModel.Claims.ClaimsIdentity;" + me.id + `\` + me.uniqueName,
		"subjectDescriptor":   "aad." + me.id,
		"providerDisplayName": me.displayName,
		"isActive":            true,
		"properties":          object{"Account": object{"$type": "System.String", "$value": me.uniqueName}},
	}
	return jsonReply(http.StatusOK, object{
		"authenticatedUser": user,
		"authorizedUser":    user,
		"instanceId":        s.seed.guid(streamOrganization, 0),
		"deploymentId":      s.seed.guid(streamOrganization, 1),
		"deploymentType":    "hosted",
		"locationServiceData": object{
			"serviceOwner":                "00025394-6065-48ca-87d9-7f5672854ef7",
			"defaultAccessMappingMoniker": "PublicAccessMapping",
			"lastChangeId":                100,
			"clientCacheFresh":            false,
			"clientCacheTimeToLive":       3600,
		},
	})
}
