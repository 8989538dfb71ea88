# One small server at Hetzner Cloud that runs the gateway, a worker and Redis behind Caddy, which gets the certificate by itself.
# Any provider of virtual servers with cloud-init does as well: only this file changes, cloud-init.yaml.tftpl stays.
#
#   terraform init
#   terraform apply -var image=registry.example/draftkeeper-gateway:0.1.0 -var domain=gateway.example
#
# Secrets come from the environment (TF_VAR_hcloud_token, TF_VAR_gateway_env). They end up in Terraform's state: keep it encrypted.

terraform {
  required_version = ">= 1.5"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "~> 1.48"
    }
  }
}

provider "hcloud" {
  token = var.hcloud_token
}

resource "hcloud_ssh_key" "operator" {
  name       = "draftkeeper-operator"
  public_key = file(var.ssh_public_key_file)
}

resource "hcloud_firewall" "gateway" {
  name = "draftkeeper-gateway"

  dynamic "rule" {
    for_each = ["80", "443"]
    content {
      direction  = "in"
      protocol   = "tcp"
      port       = rule.value
      source_ips = ["0.0.0.0/0", "::/0"]
    }
  }

  # A rule must name a network: without any, nobody reaches SSH.
  dynamic "rule" {
    for_each = length(var.ssh_from) > 0 ? ["22"] : []
    content {
      direction  = "in"
      protocol   = "tcp"
      port       = rule.value
      source_ips = var.ssh_from
    }
  }
}

# Jobs that were accepted outlive the server: Redis's file is on a volume of its own.
resource "hcloud_volume" "data" {
  name              = "draftkeeper-data"
  size              = 10
  location          = var.location
  format            = "ext4"
  delete_protection = true
}

resource "hcloud_server" "gateway" {
  name         = "draftkeeper-gateway"
  image        = "debian-12"
  server_type  = var.server_type
  location     = var.location
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.gateway.id]
  user_data = templatefile("${path.module}/cloud-init.yaml.tftpl", {
    image        = var.image
    domain       = var.domain
    volume       = hcloud_volume.data.linux_device
    gateway_json = file(var.gateway_json_file)
    gateway_env  = var.gateway_env
    redis_conf   = file("${path.module}/../redis.conf")
  })

  lifecycle {
    # Sites are added to config/gateway.json on the server; a new first boot would undo that.
    ignore_changes = [user_data]
  }
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.gateway.id
  automount = false
}

output "address" {
  description = "Point the domain's A and AAAA records here."
  value       = { ipv4 = hcloud_server.gateway.ipv4_address, ipv6 = hcloud_server.gateway.ipv6_address }
}
