{{/* What of the settings the chart knows itself, as camelCase keys. */}}
{{- define "kubemend.derivedSettings" -}}
{{- $name := include "kubemend.fullname" . -}}
{{- $hosts := list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) -}}
{{- if and .Values.ingress.enabled .Values.ingress.host }}{{ $hosts = append $hosts .Values.ingress.host }}{{ end -}}
{{- if .Values.httpRoute.enabled }}{{ $hosts = concat $hosts .Values.httpRoute.hostnames }}{{ end -}}
http: true
host: 0.0.0.0
allowedHosts: {{ concat $hosts .Values.settings.allowedHosts | uniq | toJson }}
{{- if and .Values.ingress.enabled .Values.ingress.tlsSecret (not .Values.settings.publicUrl) }}
publicUrl: https://{{ .Values.ingress.host }}
{{- end }}
{{- if include "kubemend.heals" . }}
heal: true
policy: /etc/kubemend/policy.yaml
stateNamespace: {{ .Release.Namespace }}
{{- end }}
{{- $expected := list }}
{{- if include "kubemend.signs" . }}{{ $expected = append $expected "KUBEMEND_SIGNING_KEY" }}{{ end }}
{{- if .Values.redis.enabled }}{{ $expected = append $expected "REDIS_URL" }}{{ end }}
{{- if $expected }}
expectedSecrets:
{{- range $expected }}
  - {{ . }}={{ include "kubemend.secretName" $ }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Every setting as the variable of its name; what is empty is left to the program. */}}
{{- define "kubemend.settings" -}}
{{- $plain := list "LOG_LEVEL" "LOG_FORMAT" "K8S_NAMESPACE" "K8S_IN_CLUSTER" "METRICS_PORT" "METRICS_PATH" "RATE_LIMIT_ENABLED" "RATE_LIMIT_REQUESTS" "RATE_LIMIT_WINDOW" -}}
{{- $derived := include "kubemend.derivedSettings" . | fromYaml -}}
{{- range $key, $value := merge $derived .Values.settings }}
{{- $name := regexReplaceAll "([A-Z])" $key "_${1}" | upper }}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end }}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end }}
{{- if ne (toString $value) "" }}
{{ has $name $plain | ternary $name (printf "KUBEMEND_%s" $name) }}: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- with .Values.otlp.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
OTEL_SERVICE_NAME: {{ include "kubemend.fullname" $ }}
{{- end }}
{{- end -}}

{{/* The policy of healing: allows what the release was told to heal, unless it says otherwise. */}}
{{- define "kubemend.policy" -}}
{{- $policy := deepCopy .Values.heal.policy -}}
{{- if and (not (hasKey $policy "namespaces")) (not .Values.heal.nodes) }}
{{- $policy = set $policy "namespaces" (dict "allow" .Values.heal.namespaces) }}
{{- end }}
{{- toYaml $policy -}}
{{- end -}}
