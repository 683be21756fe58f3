{{- define "kubemend.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "kubemend.fullname" -}}
{{- $name := include "kubemend.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "kubemend.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kubemend.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "kubemend.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "kubemend.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "kubemend.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest -}}@{{ .Values.image.digest }}{{- else -}}:{{ $tag }}{{- end -}}
{{- end -}}

{{- define "kubemend.serviceAccountName" -}}
{{- default (include "kubemend.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "kubemend.secretName" -}}
{{- default (include "kubemend.fullname" .) .Values.secret.name -}}
{{- end -}}

{{/* Whether anything may be changed; empty for no. */}}
{{- define "kubemend.heals" -}}
{{- if and (or .Values.heal.namespaces .Values.heal.nodes) (not .Values.settings.readOnly) }}yes{{ end -}}
{{- end -}}

{{/* Whether records or sessions are sealed; empty for no. */}}
{{- define "kubemend.signs" -}}
{{- if or (include "kubemend.heals" .) .Values.settings.consoleClientId }}yes{{ end -}}
{{- end -}}

{{/* Rules of one role, as they are derived from the tools. */}}
{{- define "kubemend.rules" -}}
{{- $all := .context.Files.Get "files/rbac.yaml" | fromYaml -}}
{{- range .roles }}
{{ get $all . | toYaml }}
{{- end -}}
{{- end -}}

{{/* A list of NetworkPolicy ports. */}}
{{- define "kubemend.ports" -}}
{{- range . }}
- protocol: TCP
  port: {{ . }}
{{- end -}}
{{- end -}}
