{{/* The base of every object's name: short enough for what is put behind it. */}}
{{- define "kube-wsgi.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 30 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{- define "kube-wsgi.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{/* Of an object; its selector is within them. */}}
{{- define "kube-wsgi.labels" -}}
{{ include "kube-wsgi.selectorLabels" . }}
{{ include "kube-wsgi.releaseLabels" . }}
{{- end -}}

{{/* Of what is not the operator: definitions and the gateway. */}}
{{- define "kube-wsgi.releaseLabels" -}}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Who the operator is, in the subjects of bindings. */}}
{{- define "kube-wsgi.subjects" -}}
- kind: ServiceAccount
  name: {{ include "kube-wsgi.fullname" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* An image from (list VALUES-OF-IMAGE ROOT). */}}
{{- define "kube-wsgi.image" -}}
{{- $image := index . 0 -}}
{{- $tag := $image.tag -}}
{{- if not (or $tag $image.digest) -}}
{{- $tag = (index . 1).Chart.AppVersion -}}
{{- end -}}
{{- $image.repository -}}
{{- with $tag }}:{{ . }}{{ end -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- define "kube-wsgi.gatewayNamespace" -}}
{{- .Values.gateway.namespace | default .Release.Namespace -}}
{{- end -}}
