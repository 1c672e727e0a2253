// Package deploycheck checks the files under deploy against the types of Kubernetes and
// the schema of compose files. It is not in the module of sesctl: these libraries are
// large, and nothing else needs them.
package deploycheck

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const folder = "../../deploy/relay"

// manifests decodes every document strictly: an unknown field, a field that stands
// twice and a value of another type are errors.
func manifests(t *testing.T) []runtime.Object {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	text, err := os.ReadFile(filepath.Join(folder, "kubernetes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var objects []runtime.Object
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatal(err)
		}
		object, _, err := decoder.Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		objects = append(objects, object)
	}
}

func TestKubernetes(t *testing.T) {
	var set *appsv1.StatefulSet
	var budget *policyv1.PodDisruptionBudget
	services := map[string]*corev1.Service{}
	for _, object := range manifests(t) {
		switch o := object.(type) {
		case *appsv1.StatefulSet:
			set = o
		case *policyv1.PodDisruptionBudget:
			budget = o
		case *corev1.Service:
			services[o.Name] = o
		}
	}
	if set == nil || budget == nil || services[set.Spec.ServiceName] == nil {
		t.Fatal("there is no StatefulSet, no PodDisruptionBudget, or no service of the pods")
	}
	pod := set.Spec.Template
	for key, value := range set.Spec.Selector.MatchLabels {
		if pod.Labels[key] != value || budget.Spec.Selector.MatchLabels[key] != value {
			t.Errorf("the label %s differs", key)
		}
		for name, service := range services {
			if service.Spec.Selector[key] != value {
				t.Errorf("the service %s selects other pods", name)
			}
		}
	}
	c := pod.Spec.Containers[0]
	ports := map[string]bool{}
	for _, p := range c.Ports {
		ports[p.Name] = true
	}
	for name, probe := range map[string]*corev1.Probe{"liveness": c.LivenessProbe, "readiness": c.ReadinessProbe, "startup": c.StartupProbe} {
		if probe == nil || probe.HTTPGet == nil || !ports[probe.HTTPGet.Port.StrVal] {
			t.Errorf("the %s probe asks a port that is not there", name)
		}
	}
	for name, service := range services {
		for _, p := range service.Spec.Ports {
			if !ports[p.TargetPort.StrVal] {
				t.Errorf("the service %s goes to a port that is not there", name)
			}
		}
	}
	security := c.SecurityContext
	if pod.Spec.SecurityContext == nil || security == nil || !*pod.Spec.SecurityContext.RunAsNonRoot || !*security.ReadOnlyRootFilesystem || *security.AllowPrivilegeEscalation || len(security.Capabilities.Drop) != 1 {
		t.Error("the pod may do more than it needs")
	}
	if c.Resources.Requests.Cpu().IsZero() || c.Resources.Limits.Memory().IsZero() {
		t.Error("the resources are not bounded")
	}
	mounts(t, set)
	if *pod.Spec.TerminationGracePeriodSeconds < c.Lifecycle.PreStop.Sleep.Seconds+30 {
		t.Error("the pod has no time to empty its spool")
	}
}

// mounts checks that each volume is mounted, and each mount has its volume.
func mounts(t *testing.T, set *appsv1.StatefulSet) {
	t.Helper()
	volumes := map[string]bool{}
	for _, v := range set.Spec.Template.Spec.Volumes {
		volumes[v.Name] = true
	}
	for _, v := range set.Spec.VolumeClaimTemplates {
		volumes[v.Name] = true
	}
	for _, m := range set.Spec.Template.Spec.Containers[0].VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("%s is mounted, and is not a volume", m.Name)
		}
		delete(volumes, m.Name)
	}
	for name := range volumes {
		t.Errorf("the volume %s is not mounted", name)
	}
}

func TestCompose(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{filepath.Join(folder, "compose.yaml")}, cli.WithName("relay"))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	relay, err := project.GetService("relay")
	if err != nil {
		t.Fatal(err)
	}
	if !relay.ReadOnly || len(relay.CapDrop) != 1 || len(relay.Volumes) != 1 || len(relay.Secrets) != 1 {
		t.Errorf("the relay may do more than it needs: %+v", relay)
	}
	if _, err := os.Stat(filepath.Join(relay.Build.Context, relay.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
}

func TestComposeOfTheEmulator(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{"../../deploy/emulator/compose.yaml"}, cli.WithName("emulator"))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	emulator, err := project.GetService("emulator")
	if err != nil {
		t.Fatal(err)
	}
	if !emulator.ReadOnly || len(emulator.Ports) != 1 || emulator.Ports[0].HostIP != "127.0.0.1" {
		t.Errorf("the emulator may do more than it needs: %+v", emulator)
	}
	if _, err := os.Stat(filepath.Join(emulator.Build.Context, emulator.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
}
