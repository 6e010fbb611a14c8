# require foreverypart mime
require ["foreverypart", "mime"];
foreverypart :name "outer" {
  foreverypart { if header :mime :type "Content-Type" "image" { break :name "outer"; } }
  if header :mime :param ["filename", "name"] :contains "Content-Disposition" "x" { break; }
  if header :mime :anychild :contenttype "Content-Type" "text/html" { stop; }
  if address :mime :anychild "from" "a" { keep; }
  if exists :mime :anychild "a" { keep; }
}
