variable "hcloud_token" {
  type      = string
  sensitive = true
}

variable "image" {
  description = "The image made with deploy/Dockerfile, in a registry that the server can read."
  type        = string
}

variable "domain" {
  description = "Name under which WordPress and browsers reach the gateway."
  type        = string
}

variable "gateway_json_file" {
  description = "The gateway's file with sites, providers and models, as in deploy/gateway.example.json."
  type        = string
  default     = "gateway.json"
}

variable "gateway_env" {
  description = "Content of gateway.env, as in deploy/gateway.env.example."
  type        = string
  sensitive   = true
}

variable "server_type" {
  type    = string
  default = "cx22"
}

variable "location" {
  type    = string
  default = "nbg1"
}

variable "ssh_public_key_file" {
  type    = string
  default = "~/.ssh/id_ed25519.pub"
}

variable "ssh_from" {
  description = "Networks that may reach SSH."
  type        = list(string)
  default     = []
}
