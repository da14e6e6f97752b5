// What all objects share.
{
  // metadata returns the metadata of an object, without empty maps. A namespace
  // of null is that of an object that lies in none.
  metadata(name, namespace=null, labels={}, annotations={}):: {
    name: name,
    [if namespace != null then 'namespace']: namespace,
    [if std.length(labels) > 0 then 'labels']: labels,
    [if std.length(annotations) > 0 then 'annotations']: annotations,
  },
}
