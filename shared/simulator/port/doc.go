// Package port is a stand-in for Port's API (getport.io), for the demo and the
// tests. It MUST NOT be linked into what is deployed.
//
// It keeps a catalog in memory and answers the routes under /v1 that a client
// which fills a catalog needs: tokens, blueprints, entities one by one and in
// bulk, deletes, searches. Shapes, limits and errors follow Port's API
// reference (docs.port.io/api-reference) and its pages on search rules and rate
// limits. Where those are silent, this package decides as follows, so that a
// client cannot lean on more than is documented:
//
//   - date-times come back as 2024-01-02T03:04:05.000Z and numbers in their
//     shortest form (1.0 as 1, 1e3 as 1000; integers keep every digit): a client
//     must compare times and numbers, not text;
//   - a property, relation or field that was cleared or never set is absent;
//   - an entity made by create_missing_related_entities has its identifier as
//     title, nothing else, and the $datasource of the caller;
//   - every upsert moves updatedAt and $datasource, also one that changes
//     nothing;
//   - an entity that any other entity refers to is not deleted without
//     delete_dependents (409 has_dependents), whether or not that relation is
//     required;
//   - a bulk upsert with an entity of a wrong shape (an identifier that breaks
//     the pattern included) fails as a whole with 422, for that is a breach of
//     the request's schema; what breaks the blueprint's schema fails alone;
//   - relatedTo follows direct relations, in the asked direction or in both;
//   - renaming an entity or a blueprint is refused, calculated, mirrored and
//     aggregated properties are kept in the blueprint but not computed, and
//     defaults of properties are not applied.
//
// The same requests at the same times of Options.Now give the same answers.
package port
